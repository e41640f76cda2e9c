/** The time zones that a lab's base knows, each with the rule that stands at the end of its file. */
const zones: Record<string, string> = {
  UTC: 'UTC0',
  'Europe/Berlin': 'CET-1CEST,M3.5.0,M10.5.0/3',
  'Europe/London': 'GMT0BST,M3.5.0/1,M10.5.0',
  'America/New_York': 'EST5EDT,M3.2.0,M11.1.0',
  'Asia/Tokyo': 'JST-9',
}

const folder = 'usr/share/zoneinfo'

/** Their files, without the past: no transitions, only the rule that holds from now on. */
export const zoneFiles: Record<string, string> = Object.fromEntries(
  Object.entries(zones).map(([name, rule]) => [`${folder}/${name}`, zoneFile(rule)]),
)

export interface Zone {
  name: string
  /** `CET` and, where clocks change, `CEST`. */
  letters: { standard: string; summer: string }
  /** Minutes east of Greenwich outside summer. */
  offset: number
}

/** Which zone a time zone file is; undefined: one that the lab does not know. */
export function readZone(text: string): Zone | undefined {
  const rule = text.split('\n').at(-2)
  const name = Object.keys(zones).find((each) => zones[each] === rule)
  const [, standard = '', hours = '0', summer = ''] = /^([A-Z]+)(-?\d+)([A-Z]*)/.exec(rule ?? '') ?? []
  return name === undefined ? undefined : { name, letters: { standard, summer }, offset: -60 * Number(hours) }
}

/** TZif, version 2: a header and one empty type for each of its two halves. */
function zoneFile(rule: string): string {
  const half = `TZif2${'\0'.repeat(15)}${[0, 0, 0, 0, 1, 4].map((value) => `\0\0\0${String.fromCodePoint(value)}`).join('')}${'\0'.repeat(6)}UTC\0`
  return `${half}${half}\n${rule}\n`
}
