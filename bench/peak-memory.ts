/** The most memory that was ever resident in this process, in megabytes of 2^20 bytes. */
export function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}
