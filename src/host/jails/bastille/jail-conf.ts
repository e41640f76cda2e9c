/**
 * The parameters of bastille's jail.conf as it writes it: one block, a parameter a line; of a list all values, with commas between. undefined for anything else, be it correct: then jail(8) is asked. That
 * takes a process a file, so the usual ones are read here.
 */
export function readBastilleConf(text: string): Map<string, string> | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('//'))
  const [first = '', ...rest] = lines
  const name = /^([A-Za-z0-9_-]+) ?\{$/.exec(first)?.[1]
  if (name === undefined || rest.at(-1) !== '}') return undefined
  const parameters = new Map([['name', name]])
  for (const line of rest.slice(0, -1)) {
    const found = parameterIn(line)
    if (found === undefined) return undefined
    const before = found.adds ? parameters.get(found.name) : undefined
    parameters.set(found.name, before === undefined || before === '' ? found.value : `${before},${found.value}`)
  }
  return parameters
}

interface Parameter {
  name: string
  adds: boolean
  value: string
}

/** Quoted text with nothing in it but `\"` that jail(8) would read as more than text, or a bare word. */
function parameterIn(line: string): Parameter | undefined {
  const found = /^([A-Za-z0-9_.]+)\s*(?:(\+?=)\s*(?:"((?:[^"\\$]|\\")*)"|'([^'\\]*)'|([^\s;"'\\$#{}]+)))?\s*;$/.exec(line) ?? undefined
  if (found === undefined) return undefined
  const [, name = '', sign, double, single, bare] = found
  return { name, adds: sign === '+=', value: double?.replaceAll(String.raw`\"`, '"') ?? single ?? bare ?? '' }
}
