import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

describe('bastille lists', () => {
  let lab: TemporaryLab
  beforeAll(async () => {
    lab = await temporaryLab({ managers: ['bastille'] })
  })
  afterAll(() => lab.remove())
  const bastille = (line: string) => lab.sh(`bastille ${line}`)
  const keysOf = async (line: string): Promise<string[]> => Object.keys(JSON.parse((await bastille(line)).text)[0])
  const use = (keys: string) => lab.write('usr/local/etc/bastille/lab-json', `${keys}\n`)

  it('no jails: a complaint, which a pipe hides when it is to be JSON', async () => {
    expect(await bastille('list')).toEqual({ code: 1, text: '[ERROR]: No jails found.\n' })
    expect(await bastille('list -j')).toEqual({ code: 0, text: '[ERROR]: No jails found.\n[\n\n]\n' })
    expect(await bastille('list jails')).toEqual({ code: 0, text: '' })
  })

  it('a table', async () => {
    await bastille('create --tags web,old wiki 15.1-RELEASE 127.0.0.5')
    await bastille('create --no-boot -p 7 -T shop 15.1-RELEASE 127.0.0.6')
    await bastille('stop shop')
    const { text } = await bastille('list')
    const [head, ...rows] = text
      .trimEnd()
      .split('\n')
      .map((line) => line.trim().split(/\s{2,}/))

    expect(head).toEqual(['JID', 'Name', 'Boot', 'Prio', 'State', 'Type', 'IP Address', 'Published Ports', 'Release', 'Tags'])
    expect(rows.map((row) => [...row.slice(1, 8), row[9]])).toEqual([
      ['shop', 'off', '7', 'Down', 'thick', '127.0.0.6', '-', '-'],
      ['wiki', 'on', '99', 'Up', 'thin', '127.0.0.5', '-', 'old,web'],
    ])
  })

  it('JSON with the keys of 1.4.4, without the names in all', async () => {
    expect(await keysOf('list -j')).toEqual([
      'JID',
      'Name',
      'Boot',
      'Prio',
      'State',
      'Type',
      'IP Address',
      'Published Ports',
      'Release',
      'Tags',
    ])
    expect(await keysOf('list -j all')).not.toContain('Name')
    expect(JSON.parse((await bastille('list -j -u')).text)).toMatchObject([{ Name: 'wiki', State: 'Up', JID: '2' }])
  })

  it('JSON with the keys of HEAD, shifted in all', async () => {
    use('head')
    const { text } = await bastille('list -j all')

    expect(await keysOf('list -j')).toEqual(['JID', 'NAME', 'BOOT', 'PRIO', 'STATE', 'TYPE', 'IP ADDRESS', 'PORTS', 'RELEASE', 'TAGS'])
    expect(JSON.parse(text)).toMatchObject([{ NAME: 'off', BOOT: '7', PRIO: 'Down' }, { NAME: 'on' }])
  })

  it('JSON of May 2025, which is none', async () => {
    use('may-2025')
    const { text } = await bastille('list -j')
    use('1.4.4')

    expect(text).toContain('"IP_Address":"127.0.0.5"')
    expect(text).toMatch(/\},\n\]\n$/)
  })

  it('nothing to those who are overtaken by another list', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => lab.sh('bastille list -j 2>/dev/null')))
    const empty = answers.filter(({ text }) => text.endsWith('[\n\n]\n'))

    expect(answers.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0])
    expect(empty.length).toBeGreaterThan(0)
    expect(empty.length).toBeLessThan(6)
  })

  it('one jail, one column, a word that is nothing', async () => {
    expect((await bastille('list wik')).text).toMatch(/\bwiki\b.*\n$/)
    expect((await bastille('list -j wiki state')).text).toBe('[\n  {"JID":"2","Name":"wiki","State":"Up"}\n]\n')
    expect(await bastille('list nobody')).toEqual({ code: 1, text: '[ERROR]: Jail not found: nobody\n' })
  })
})
