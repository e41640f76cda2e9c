/* How the proxy in front does right now: its own live figures, and those of whoever answers behind it. */

/** What an nginx says of itself. */
export interface NginxFigures {
  active: number
  accepted: number
  requests: number
  reading: number
  writing: number
  waiting: number
}

/** One jail behind a site. */
export interface ServerStatus {
  name: string
  jail?: string
  /** With the port, where that is not the web's own. */
  address: string
  /** HAProxy's word, whichever proxy it is: UP, UP 1/3, DOWN, DRAIN, MAINT, NOLB, no check; behind it, where a request keeps requests away meanwhile, that it does. */
  status: string
  /** Such as `L7OK/200 in 3 ms`, or `no check`. */
  check: string
  /** Seconds since its last change of status; absent where the proxy keeps no such thing. */
  since?: number
  /** Absent: it has none that would be known. */
  nginx?: { figures: NginxFigures } | { problem: string }
}

export interface BackendFigures {
  /** Absent where the proxy does not count those of one backend. */
  sessions?: number
  /** Requests a second. */
  rate: number
  /** Since the proxy's last start or reload, as all its counts. */
  requests: number
  errors4xx: number
  errors5xx: number
  /** Requests that wait for a free server. */
  queue: number
  /** Seconds in which no server could answer. */
  downSeconds: number
  /** Seconds since its last change of status. */
  since: number
  isUp: boolean
  /** So many of its servers take requests. */
  usable: number
}

export interface BackendStatus extends BackendFigures {
  name: string
  /** As people write them. */
  sites: string[]
  /** UP where all of it is; `1 of 2 UP`; else what they all are. `missing`: sites lead to it, and HAProxy does not have it. */
  status: string
  servers: ServerStatus[]
}

export interface ProxyStatus {
  version: string
  /** Since its last start or reload, as far as it says. */
  uptimeSeconds?: number
  connections: number
  maxConnections?: number
  requestsPerSecond: number
  /** Of all backends that sites lead to. */
  requests: number
  errors5xx: number
  /** Backends that some site leads to. */
  count: number
  /** So many of them do not take requests as they should and are not among `backends`, where there is no room for more. */
  otherProblems: number
  /** Those that matter: what is wrong, what has failed, then the busiest, only so many of each; or, where that was asked for, those that it is about. */
  backends: BackendStatus[]
  /** Of any backend; undefined where HAProxy has none of that name. */
  figures(backend: string): BackendFigures | undefined
  /** Clients that have reached the limit of the site that it is about. */
  overLimit?: number
}

/** What a question is about, where a host has more than can be shown. */
export interface About {
  sites?: readonly string[]
  jails?: readonly string[]
}

/** All is well with it. */
export function isWell({ status }: Pick<BackendStatus, 'status'>): boolean {
  return status === 'UP' || status === 'no check'
}
