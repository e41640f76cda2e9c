/** exerr() of ezjail-admin: the text, if there is one, goes to standard error, the exit code is 1. */
class EzjailFailure extends Error {
  override name = 'EzjailFailure'
}

export function fail(message = ''): never {
  throw new EzjailFailure(message)
}

export function isFailure(error: unknown): error is Error {
  return error instanceof EzjailFailure
}
