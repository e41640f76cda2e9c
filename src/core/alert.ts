import { z } from 'zod'

/** Something on a host that somebody should look at. */
export const alertSchema = z.strictObject({
  /** Names it for as long as it lasts: `backend-down jail_blog`. */
  key: z.string(),
  kind: z.enum(['backend-down', 'errors', 'certificate', 'proxy-gone', 'drift']),
  severity: z.enum(['warning', 'critical']),
  /** One line: what, where. */
  title: z.string(),
  sentence: z.string(),
  /** Milliseconds since 1970, by the host's clock. */
  since: z.number(),
  /** How often it came and went within the hour. */
  flaps: z.int(),
  /** What can be done about it: a label, and the command as it could be typed, without host. */
  actions: z.array(z.strictObject({ label: z.string(), words: z.string() })),
})
export type Alert = z.infer<typeof alertSchema>

/** One message about what is wrong on a host, as `/alert list` shows it. */
export interface AlertSummary {
  /** What people call it by. */
  alert: string
  host: string
  /** What is wrong still; what it was, where it is over. */
  title: string
  isOver: boolean
  /** Milliseconds since 1970, by the host's clock. */
  since: number
  acknowledgedBy?: string
  silence?: { by: string; until: number }
}

/** A message in a channel that shows a host's `/proxy status`, and goes on doing so. */
export interface BoardSummary {
  host: string
  everySeconds: number
  /** Milliseconds since 1970. */
  endsAt: number
  /** There was one of this host in the channel before, which shows no more from now on. */
  isMoved: boolean
}

/** When something is worth an alert. */
export const alertThresholdsSchema = z.strictObject({
  /** A backend is down for so many seconds. */
  downSeconds: z.int().min(0).default(10),
  /** Of a site's requests so many percent are answered 5xx … */
  errorPercent: z.number().min(0).max(100).default(5),
  /** … where it has at least so many requests a minute. */
  errorRequests: z.int().min(1).default(20),
  /** A certificate ends within so many days. */
  certificateDays: z.int().min(1).default(14),
})
export type AlertThresholds = z.infer<typeof alertThresholdsSchema>
