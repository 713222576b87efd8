/** The picture, name and label of the point under the pointer or reached by keys. */
import { none } from "../categories.js";
import type { MapView } from "./embedding-map.js";
import { drawTile, pixel } from "./picture-layer.js";

export interface Tooltip {
  /** the point that is shown or was last */
  readonly current: number | undefined;
  /** shows a point; `spoken` ones are also said to screen readers */
  show(point: number | undefined, spoken?: boolean): void;
  hide(): void;
}

const side = 112;

export function tooltip(view: MapView, live: HTMLElement): Tooltip {
  const ring = child(view.box, "div", "pl-ring");
  const tip = child(view.box, "div", "pl-tip");
  const canvas = child(tip, "canvas", "pl-tip-picture");
  canvas.width = canvas.height = 2 * side;
  const label = child(tip, "div", "pl-tip-label");
  const name = child(tip, "div", "pl-tip-name");
  const state: { current: number | undefined } = { current: undefined };
  const hide = (): void => {
    tip.hidden = ring.hidden = true;
  };
  hide();
  return {
    get current() {
      return state.current;
    },
    hide,
    show(point, spoken = false) {
      if (point === undefined) return;
      state.current = point;
      const { data, category, present } = view;
      const group = category[point] === none ? undefined : data.categories[category[point]];
      canvas.hidden = !present[point];
      const context = canvas.getContext("2d");
      if (context && present[point]) drawTile(context, view, point, 0, 0, canvas.width);
      label.textContent = group?.name ?? "";
      label.style.setProperty("--pl-mark", group?.colour ?? "transparent");
      label.hidden = !group;
      name.textContent = data.names[point] ?? `row ${point}`;
      tip.hidden = ring.hidden = false;
      place(view, point, tip, ring);
      if (spoken)
        live.textContent = `${point + 1} of ${category.length}: ${[name.textContent, group?.name].filter(Boolean).join(", ")}`;
    },
  };
}

/** Beside the point, on the side that has more room. */
function place(view: MapView, point: number, tip: HTMLElement, ring: HTMLElement): void {
  const [x, y] = pixel(view, point);
  const { clientWidth, clientHeight } = view.box;
  const left = x < clientWidth / 2 ? x + 18 : x - 18 - tip.offsetWidth;
  const top = Math.min(clientHeight - tip.offsetHeight, Math.max(0, y - tip.offsetHeight / 2));
  tip.style.transform = `translate(${Math.round(left)}px,${Math.round(top)}px)`;
  ring.style.transform = `translate(${Math.round(x)}px,${Math.round(y)}px)`;
}

function child<K extends keyof HTMLElementTagNameMap>(
  parent: HTMLElement,
  tag: K,
  className: string,
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}
