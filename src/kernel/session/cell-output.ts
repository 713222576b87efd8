/** What cells print, show and send, as Jupyter's messages. */
import type { CellEvent, CommEvent } from "../cells/messages.js";
import type { Draft, Header } from "../wire/message.js";
import type { Publisher } from "./publisher.js";

/** Events that everyone who shows the notebook is told. */
export type PublicEvent = Exclude<CellEvent, { readonly type: "input" | "page" }>;

function commDraft({ event, id, target, data, metadata, buffers }: CommEvent): Omit<Draft, "parent"> {
  const content = { comm_id: id, data };
  if (event === "open") {
    return { type: "comm_open", content: { ...content, target_name: target }, metadata, buffers };
  }
  return { type: event === "close" ? "comm_close" : "comm_msg", content, metadata, buffers };
}

function draftOf(event: Exclude<PublicEvent, { readonly type: "stream" }>): Omit<Draft, "parent"> {
  switch (event.type) {
    case "display": {
      const { data, metadata, displayId, update } = event;
      const transient = displayId === undefined ? {} : { display_id: displayId };
      return { type: update ? "update_display_data" : "display_data", content: { data, metadata, transient } };
    }
    case "clear":
      return { type: "clear_output", content: { wait: event.wait } };
    case "error": {
      const { ename, evalue, traceback } = event;
      return { type: "error", content: { ename, evalue, traceback } };
    }
    case "comm":
      return commDraft(event);
  }
}

/** Publishes what a cell did, as belonging to the request with that header. */
export function publishEvent(publisher: Publisher, event: PublicEvent, parent: Header | undefined): void {
  if (event.type === "stream") publisher.print(parent, event.name, event.text);
  else publisher.publish({ ...draftOf(event), parent });
}
