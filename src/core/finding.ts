/** One thing that `host check` saw of a host. */
export interface Finding {
  subject: string
  /** `unknown`: it could not be seen; `says` has the reason. */
  state: 'good' | 'lacks' | 'warning' | 'unknown'
  /** One sentence of what was seen. */
  says: string
  /** What to type on the host, line by line. */
  remedy?: string[]
}
