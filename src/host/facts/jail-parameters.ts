/** Between parameters in what `jail -e` prints: unlike `|`, which `ip4.addr=lo1|10.0.0.3/32` holds, it can stand in no value of ours or yours. */
export const separator = '\u001f'

export interface ConfiguredJail {
  name: string
  parameters: Map<string, string>
}

/** Reads what `jail -f FILE -e SEPARATOR` printed: a jail a line, `name=value` or a bare switch, values quoted where jail(8) had to. */
export function parseExhibit(text: string): ConfiguredJail[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const parameters = new Map(line.split(separator).map(parseParameter))
      const name = parameters.get('name')
      return name === undefined ? [] : [{ name, parameters }]
    })
}

function parseParameter(text: string): [string, string] {
  const equals = text.indexOf('=')
  return equals === -1 ? [text, ''] : [text.slice(0, equals), unquote(text.slice(equals + 1))]
}

function unquote(text: string): string {
  const quote = text.charAt(0)
  const inner = (quote === '"' || quote === "'") && text.endsWith(quote) && text.length > 1 ? text.slice(1, -1) : text
  return inner.replace(/\\(.)/g, '$1')
}

/** `lo1|10.0.0.3/32,10.0.0.4` → both addresses, without interface and prefix. */
export function addressesOf(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((part) => unquote(part).replace(/^.*\|/, '').replace(/\/.*$/, ''))
    .filter((part) => /^[0-9]+(\.[0-9]+){3}$/.test(part))
}
