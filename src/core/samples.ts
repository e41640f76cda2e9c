/*
 * What a host's proxy did, as its worker kept it: HAProxy's own counters begin anew at each reload. Backends are named as in HAProxy;
 * `ProxyFacts.backends` says which jails and `ProxyFacts.routes` which sites they are.
 */

/** One value a step, oldest first. null: nobody looked then. */
type Values = (number | null)[]

/** Fact `samples`, for graphs: as far back as the worker's files go, 24 hours at most. */
export interface Samples {
  /** Of the first value; milliseconds since 1970, a whole minute. */
  from: number
  /** Between two values, in milliseconds. */
  step: number
  /** How many values each series has. */
  length: number
  /** Everything together, also what no series of its own is kept for. */
  total: TrafficSeries
  /** Those that had something to tell. Where there are very many, a minute keeps the busiest, and all that failed. */
  backends: Readonly<Record<string, TrafficSeries>>
}

export interface TrafficSeries {
  /** Requests within the step. */
  requests: Values
  errors4xx: Values
  errors5xx: Values
  /** Most sessions at once that were seen. */
  sessions: Values
  /** Most requests that were seen to wait for a free server. */
  queue: Values
  /** Average time of a request in ms, from its first byte to the answer's last, as HAProxy averages its last 1024. null: it had none. */
  average: Values
  /** So many ms half of the requests took at most, and 95 of 100. null: not known, or there were none. */
  p50?: Values
  p95?: Values
  /** Seconds of the step in which no server could answer. */
  down: Values
}

/** Fact `traffic`, for status: counts that do not begin anew at a reload. */
export interface Traffic {
  /** Of the counts: when whoever asks looked before, or when the worker began to count. Milliseconds since 1970. */
  since: number
  /** false: whoever asks has not looked before, so it is since the worker counts. */
  isSinceLook: boolean
  /** The newest look at HAProxy; what came later is not in it. */
  seenAt: number
  /** When the HAProxy that runs now began: by its newest start or reload. */
  reloadedAt?: number
  /** Backends that are not there had nothing of all that. */
  backends: Readonly<Record<string, BackendTraffic>>
}

export interface BackendTraffic {
  requests: number
  errors4xx: number
  errors5xx: number
  /** Of the last minute: for who is worst just now. */
  requestsLastMinute: number
  errors5xxLastMinute: number
  /** Seconds since midnight, by the worker's clock, in which no server could answer. */
  downToday: number
}
