/** One request as the proxy logged it. */
export interface LogLine {
  /** As it is routed: a host name, or `*.parent`. */
  site: string
  /** As it was asked for. */
  host: string
  /** Milliseconds since 1970. */
  at: number
  client: string
  status: number
  bytes: number
  /** From the request's first byte to the answer's last. */
  milliseconds: number
  /** As the proxy calls it: who answered, or the front itself. */
  backend: string
  server: string
  /** How it ended, in HAProxy's two letters: `--` is well, `LR` the front answered itself, `SC` nobody was there, `sH` too late. */
  ended: string
  method: string
  /** Without the query. A stranger wrote it. */
  path: string
}
