/** exerr() of ezjail-admin: the text goes to standard error, the exit code is 1. */
class EzjailFailure extends Error {
  override name = 'EzjailFailure'
}

export function fail(message: string): never {
  throw new EzjailFailure(message)
}

export function isFailure(error: unknown): error is Error {
  return error instanceof EzjailFailure
}
