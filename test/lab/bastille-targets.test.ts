import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

describe('whom bastille takes a word for', () => {
  let lab: TemporaryLab
  beforeAll(async () => {
    lab = await temporaryLab({ managers: ['bastille'] })
    for (const [at, words] of ['--tags web,old wiki', '--tags web,shop-1 shop', '-p 5 mail', 'mailer'].entries())
      await bastille(`create ${words.replace(/(\S+)$/, `$1 15.1-RELEASE 127.0.0.${at + 5}`)}`)
  })
  afterAll(() => lab.remove())
  const bastille = (line: string) => lab.sh(`bastille ${line}`)
  const hit = async (target: string) => [...(await bastille(`tags ${target} add hit`)).text, await listed()].join('')
  const listed = async () => {
    const { text } = await bastille('tags ALL list hit')
    await bastille('tags ALL delete hit')
    return text
  }

  it('a jail by its name, before a longer one', async () => {
    expect(await hit('mail')).toBe('mail\n')
  })

  it('a jail by the beginning of its name, when it is the only one', async () => {
    expect(await hit('wik')).toBe('wiki\n')
    expect(await bastille('stop mai')).toEqual({ code: 1, text: '[ERROR]: Multiple jails found for mai:\nmail\nmailer\n' })
  })

  it('every jail with a tag, or with one that has it as a word', async () => {
    expect(await hit('web')).toBe('shop\nwiki\n')
    expect(await hit('1')).toBe('[ERROR]: JID not found: 1\n')
    expect(await hit('old')).toBe('wiki\n')
  })

  it('a jail by its number', async () => {
    const { text: jid } = await lab.sh('jls -j shop jid')

    expect(await hit(jid.trim())).toBe('shop\n')
  })

  it('every jail, for ALL in any letters, by priority', async () => {
    expect(await hit('aLl')).toBe('mail\nmailer\nshop\nwiki\n')
    expect(await bastille('rename all x')).toEqual({ code: 1, text: '[ERROR]: [all|ALL] is not supported with this command.\n' })
  })

  it('nobody, which is an error', async () => {
    expect(await bastille('stop nobody')).toEqual({ code: 1, text: '[ERROR]: Jail not found: nobody\n' })
    expect((await bastille('clone web x 127.0.0.9')).text).toBe('[ERROR]: Jail not found: web\n')
  })

  it('a pattern: it stops one jail more than once, and others that it is found in', async () => {
    const { code } = await bastille("stop '.*'")

    expect(code).toBe(0)
    expect((await lab.sh('jls name')).text).toBe('')
  })

  it('a pattern that names one jail leaves it where it is, with 0', async () => {
    expect(await bastille("destroy -ay 'wik.'")).toEqual({ code: 0, text: '\n[wik.]:\n' })
    expect((await bastille('list jails')).text).toContain('wiki\n')
  })

  it('those that another depends on first, and last', async () => {
    await bastille('config wiki set depend shop')
    const started = await bastille('start wiki')
    const stopped = await bastille('stop shop')

    expect(started.text.match(/\w+: created/g)).toEqual(['shop: created', 'wiki: created'])
    expect(stopped.text.match(/\w+: removed/g)).toEqual(['wiki: removed', 'shop: removed'])
  })
})
