/** Brings the figures of this part of the page to life. Runs once for a page, and once for each output of a notebook. */
import type { EmbeddingMapData, PatchMapData } from "../page-data.js";
import { mountEmbeddingMap } from "./embedding-map.js";
import { mountPatchMap } from "./patch-map.js";
import { bringPlotly } from "./plotly.js";

const widgets: Record<string, (figure: HTMLElement, data: never) => void> = {
  "patch-map": (figure, data: PatchMapData) => mountPatchMap(figure, data),
  "embedding-map": (figure, data: EmbeddingMapData) => mountEmbeddingMap(figure, data),
};

function mountAll(root: ParentNode): void {
  bringPlotly(root);
  for (const figure of root.querySelectorAll<HTMLElement>("figure.patchlab:not([data-ready])")) {
    figure.dataset.ready = "";
    keepKeys(figure);
    const data = figure.querySelector(':scope > script[type="application/json"]')?.textContent;
    if (data) widgets[figure.dataset.widget ?? ""]?.(figure, JSON.parse(data) as never);
  }
}

/** JupyterLab would take arrow keys and Enter for its cells wherever nothing is typed, were it not told otherwise. */
function keepKeys(figure: HTMLElement): void {
  for (const control of figure.querySelectorAll<HTMLElement>("input, button, summary, [tabindex]"))
    control.dataset.lmSuppressShortcuts = "true";
}

// a closed list cannot be opened on paper
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll<HTMLDetailsElement>(".patchlab details")) details.open = true;
});

mountAll(document.currentScript?.closest(".patchlab-root") ?? document);
