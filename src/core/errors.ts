/** Every way in which jailops says no or gives up, as data first; the sentence beside it is for people. */
export const reasonCodes = [
  // what was typed
  'usage',
  'unknown_command',
  'bad_argument',
  'missing_argument',
  'unknown_host',
  'which_host',
  // who typed it
  'permission_denied',
  'no_policy',
  'not_a_member',
  'identity_unproved',
  // approvals
  'unknown_request',
  'unknown_alert',
  'own_request',
  'already_voted',
  'not_waiting',
  'plan_changed',
  'denied',
  'cancelled',
  'expired',
  // the host's state
  'unknown_jail',
  'ambiguous_jail',
  'jail_exists',
  'jail_name_taken',
  'jail_stopped',
  'not_ours',
  'not_owner',
  'not_in_trash',
  'pool_exhausted',
  'address_taken',
  'unknown_route',
  'unknown_template',
  'unknown_package',
  'unknown_service',
  'route_exists',
  'nothing_to_do',
  'not_supported_by_driver',
  'unknown_snapshot',
  'unknown_archive',
  'unknown_release',
  'release_exists',
  'release_in_use',
  'host_not_ready',
  'unknown_certificate',
  'certificate_invalid',
  'authority_refused',
  // carrying it out
  'step_failed',
  'undo_failed',
  'timed_out',
  'config_invalid',
  'unsafe_path',
  'disk_full',
  'other_filesystem',
  'output_too_long',
  'state_unknown',
  'worker_failed',
  'connection_lost',
  // between bot and host
  'host_unreachable',
  'bad_signature',
  'replayed',
  'definition_mismatch',
  'not_allowed_on_host',
  'message_expired',
  // between bot and chat
  'cannot_show',
  'message_gone',
  // the store
  'store_unavailable',
  'store_full',
  'stored_too_late',
  'lease_lost',
  'bot_unreachable',
  // set-up
  'config_error',
  'internal',
] as const

export type ReasonCode = (typeof reasonCodes)[number]

/** An error that a person can act on: a stable code, a sentence that says what to do, and the cause for the log. */
export class JailopsError extends Error {
  readonly code: ReasonCode

  constructor(code: ReasonCode, sentence: string, options?: { cause?: unknown }) {
    super(sentence, options)
    this.name = 'JailopsError'
    this.code = code
  }
}

/** A lost connection is no answer: whoever makes something of an error lets this one pass first. @throws it */
export function passLostConnection(error: unknown): void {
  if (isLostConnection(error)) throw error
}

export function isLostConnection(error: unknown): error is JailopsError {
  return error instanceof JailopsError && error.code === 'connection_lost'
}

/** What a person is told of any error; what we did not foresee is `internal` and its details stay in the log. */
export function toJailopsError(error: unknown): JailopsError {
  if (error instanceof JailopsError) return error
  return new JailopsError('internal', 'Something went wrong inside jailops; its log has the details.', { cause: error })
}
