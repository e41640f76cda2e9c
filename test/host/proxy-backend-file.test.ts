import { describe, expect, it } from 'vitest'
import { backendText, type ServerLine, serversIn, withDrain } from '../../src/host/proxy/backend-file.ts'

const blog: ServerLine = { server: 'blog', jail: 'blog', place: { address: '10.0.0.5', port: 80 }, weight: 90 }
const app: ServerLine = { server: 'shop_3000', jail: 'shop', appPort: 3000, place: { address: '10.0.0.6', port: 3000 }, weight: 10 }
const both = backendText('site_1', [blog, app])
const drained = withDrain(both, 'blog', true)?.text ?? ''

describe('a server that a request keeps requests away from', () => {
  it('has no weight for HAProxy, and its own one for whoever reads the file', () => {
    expect(drained).toContain(`  server blog 10.0.0.5:80 weight 0 check inter 5s fastinter 1s fall 3 rise 2 # jail blog drained 90\n`)
    expect(serversIn(drained)).toEqual([{ ...blog, isDrained: true }, app])
    expect(drained).toBe(backendText('site_1', [{ ...blog, isDrained: true }, app]))
  })

  it.each(['blog', 'shop_3000'])('comes back to the very bytes of before: %s', (server) => {
    const once = withDrain(both, server, true)
    const twice = withDrain(once?.text ?? '', server, true)
    expect([once?.weight, twice]).toEqual([0, once])
    expect(withDrain(twice?.text ?? '', server, false)).toEqual({ text: both, weight: server === 'blog' ? 90 : 10 })
    expect(withDrain(both, server, false)?.text).toBe(both)
  })

  it('is drained apart from its sibling, in whatever order', () => {
    const all = withDrain(drained, 'shop_3000', true)?.text ?? ''
    expect(serversIn(all)?.map(({ isDrained }) => isDrained)).toEqual([true, true])
    expect(withDrain(all, 'blog', false)?.text).toBe(withDrain(both, 'shop_3000', true)?.text)
  })

  it('of a person who drained it keeps the weight 0', () => {
    const none = backendText('site_1', [{ ...blog, weight: 0 }])
    expect(serversIn(none)).toEqual([{ ...blog, weight: 0 }])
    expect(withDrain(withDrain(none, 'blog', true)?.text ?? '', 'blog', false)).toEqual({ text: none, weight: 0 })
  })

  it('that somebody gave another weight by hand is drained no more', () => {
    const byHand = drained.replace('weight 0', 'weight 7')
    expect(serversIn(byHand)?.[0]).toEqual({ ...blog, weight: 7 })
    expect(withDrain(byHand, 'blog', false)).toMatchObject({ weight: 7, text: expect.not.stringContaining('drained') })
  })

  it.each([
    ['a file of somebody else', both.replace('# jailops', '# mine'), 'blog'],
    ['a server that is not there', both, 'gone'],
    ['one that is spare', backendText('slot_01', [{ server: 's', place: { address: '192.0.2.1', port: 9 }, weight: 100 }]), 's'],
    ['one whose name only begins so', both, 'shop'],
  ])('is nothing in %s', (_, text, server) => {
    expect(withDrain(text, server, true)).toBeUndefined()
  })
})
