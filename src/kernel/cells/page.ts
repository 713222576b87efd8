/** `page()` in cells: something to read aside, such as a long text, in the front end's pager where it has one. */
import { toDisplayData } from "../values/display-data.js";
import type { DisplayData } from "./messages.js";

/** @param send hands the data to the front end with the cell's reply */
export function createPage(send: (data: DisplayData) => void): (value: unknown) => void | Promise<void> {
  const sendShown = (data: DisplayData | undefined): void => send(data ?? { "text/plain": "undefined" });
  return (value) => {
    const data = toDisplayData(value);
    return data instanceof Promise ? data.then(sendShown) : sendShown(data);
  };
}
