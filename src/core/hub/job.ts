/** What every request of one download shares. */
import type { HubToken } from "./settings.js";

export interface HubJob {
  hubId: string;
  revision: string;
  endpoint: string;
  token?: HubToken;
  /** milliseconds without a byte after which a connection counts as lost */
  timeout: number;
  /** milliseconds before the first repetition; each further one waits twice as long */
  retryDelay: number;
  signal?: AbortSignal;
}
