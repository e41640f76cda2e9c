/** This machine's time zone, such as `Europe/Berlin`; UTC where none is set that is known by name. */
export function ownZone(found: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone): string {
  try {
    // with TZ set to a path it is undefined, and with an empty one a name that cannot be used
    return found === undefined ? 'UTC' : new Intl.DateTimeFormat('en', { timeZone: found }).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}
