import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { entriesOf } from '../../src/host/proxy/maps.ts'

it('a map is read as HAProxy reads it: comments and half lines are nothing, and the first of several counts', () => {
  const text =
    '# kept\n\na.example.com jail_a\r\n \t b.example.com \t jail_b  \r\nhalf\nhalf \n#c jail_c\na.example.com jail_x\nd #e\nlast jail_l'

  expect([...entriesOf(text)]).toEqual([
    ['a.example.com', 'jail_a'],
    ['b.example.com', 'jail_b'],
    ['d', '#e'],
    ['last', 'jail_l'],
  ])
})

it('a map is read line by line, whatever stands in it', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', '#', ' ', '\t'), maxLength: 8 })
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const wanted = new Map<string, string>()
      for (const one of lines) {
        const [, key, value] = /^\s*([^#\s]\S*)\s+(\S.*?)\s*$/.exec(one) ?? []
        if (key !== undefined && value !== undefined && !wanted.has(key)) wanted.set(key, value)
      }
      expect([...entriesOf(lines.join('\n'))]).toEqual([...wanted])
    }),
  )
})
