/** A patch map's figure in the notebook: its threshold, both ways, and the map at it. */
import { checkThreshold } from "../../core/features/patch-map-at.js";
import type { Patches } from "../../core/numeric/matrix.js";
import type { PatchMapLike } from "../patch-map-figure.js";
import type { Displayable, FigureView } from "./figure-view.js";
import { mapAtThreshold } from "./map-at.js";
import { SharedValue } from "./shared-value.js";

/** What `show(patchMap(…))` gives back. */
export interface PatchMapView<M extends PatchMapLike = PatchMapLike> extends FigureView<number> {
  /**
   * Where foreground begins on the scale of `first`. Setting it moves the slider in the page.
   *
   * @throws ArgumentError when it is set to something else than a number from 0 to 1
   */
  threshold: number;
  /**
   * The map at the threshold of this moment; with the `patches` given to `show` its components are fitted anew on the
   * new foreground, without them the map's own axes stay. Rejects with DegenerateDataError when fewer than 4 patches
   * are foreground.
   */
  readonly map: Promise<M>;
}

interface PatchMapViewOptions {
  readonly patches?: readonly Patches[];
  /** maps that the figure shows @default 60 */
  readonly limit?: number;
}

export function patchMapView(
  map: PatchMapLike,
  { patches, limit = 60 }: PatchMapViewOptions = {},
): Displayable<PatchMapView> {
  const shared = new SharedValue(map.threshold, (value) => {
    checkThreshold(value);
    return value;
  });
  let latest: { threshold: number; map: Promise<PatchMapLike> } | undefined;
  const current = (): Promise<PatchMapLike> => {
    const threshold = shared.value;
    if (latest?.threshold === threshold) return latest.map;
    const made = { threshold, map: mapAtThreshold(map, patches, threshold) };
    latest = made;
    // a cell that is interrupted may end it, and the next one asks again
    made.map.catch(() => {
      if (latest === made) latest = undefined;
    });
    return made.map;
  };
  const send = sender(shared, current, limit);
  shared.onChange(send);
  shared.onAsk(() => shared.value !== map.threshold && send());
  const view: PatchMapView = {
    get threshold() {
      return shared.value;
    },
    set threshold(threshold) {
      shared.set(threshold);
    },
    get map() {
      return current();
    },
    onChange: (listener) => shared.onChange(listener),
    close: () => shared.close(),
  };
  return { view, shared };
}

/** Sends the map of the threshold at which the slider has come to rest; those that it passes meanwhile are left out. */
function sender(shared: SharedValue<number>, current: () => Promise<PatchMapLike>, limit: number): () => Promise<void> {
  let busy = false;
  return async () => {
    if (busy) return;
    busy = true;
    for (let sent: number | undefined; sent !== shared.value; ) {
      sent = shared.value;
      // too little foreground for components: the page has painted what it can
      const map = await current().catch(() => undefined);
      if (map && sent === shared.value) sendMap(shared, map, limit);
    }
    busy = false;
  };
}

function sendMap(shared: SharedValue<number>, { maps, threshold }: PatchMapLike, limit: number): void {
  const shown = maps.slice(0, limit);
  const mask = Buffer.concat(shown.map((one) => one.mask));
  const rgb = Buffer.concat(shown.map((one) => one.rgb));
  shared.send({ threshold }, [mask, rgb]);
}
