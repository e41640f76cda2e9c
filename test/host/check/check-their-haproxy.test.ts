import { describe, expect, it } from 'vitest'
import { layoutSchema } from '../../../src/core/layout.ts'
import { checkHost } from '../../../src/host/check/check-host.ts'
import { besideConfiguration, blockLines } from '../../../src/host/proxy/adopt/beside.ts'
import { blockIn } from '../../../src/host/proxy/adopt/block.ts'
import { spliced } from '../../../src/host/proxy/adopt/splice.ts'
import { theirConfiguration } from '../their-haproxy.ts'
import { fakeShell, goodHost, says } from './fake-host.ts'

const layout = layoutSchema.parse({})
const now = () => 1_795_000_000_500
const theirs = theirConfiguration({ port: 80, test1: '10.0.0.5:80' })

describe("HAProxy by the host's own file", () => {
  it.each([
    ['their file', theirs, 'lacks', '/proxy adopt'],
    ['no file', undefined, 'lacks', 'there is no /usr/local/etc/haproxy.conf'],
  ])('says whose files it runs by: %s', async (_what, text, state, words) => {
    const path = '/usr/local/etc/haproxy.conf'
    const { answers, files } = goodHost()
    const shell = fakeShell({
      ...goodHost(),
      answers: {
        ...answers,
        'sysrc -n haproxy_config': says(`${path}\n`),
        'sysrc -n haproxy_flags': says('\n'),
        'sysrc -n haproxy_profiles': says('\n'),
        [`realpath ${path}`]: text === undefined ? says('', { exitCode: 1 }) : says(`${path}\n`),
      },
      files: { ...files, ...(text !== undefined && { [path]: text }) },
    })
    const findings = (await checkHost({ shell, layout, now })).filter(({ subject }) => subject === 'HAProxy')
    expect(findings[1]).toMatchObject({ state, says: expect.stringContaining(words) })
    expect(findings[1]?.says).toContain(path)
  })

  it.each([
    ['block as it was written', (text: string) => text, 'good', "the host's own part"],
    ['block that a hand was in', (text: string) => text.replace('option idle', 'no option idle'), 'lacks', 'was changed by hand'],
    ['no block', () => theirs, 'lacks', 'is gone from'],
  ])('of a file of the host beside ours it says: %s', async (_what, change, state, words) => {
    const { configFolder } = layout.haproxy
    const path = '/usr/local/etc/haproxy.conf'
    const at = theirs.indexOf('    default_backend')
    const text = change(spliced(theirs, blockIn(theirs, at, blockLines(layout, 'theirs'))) ?? '')
    const { answers, files } = goodHost()
    const shell = fakeShell({
      ...goodHost(),
      answers: {
        ...answers,
        'sysrc -n haproxy_flags': says('\n'),
        'sysrc -n haproxy_profiles': says('\n'),
        [`realpath ${configFolder}/05-theirs.cfg`]: says(`${path}\n`),
      },
      files: { ...files, [path]: text, [`${configFolder}/10-front.cfg`]: besideConfiguration(layout) },
    })
    const findings = (await checkHost({ shell, layout, now })).filter(({ subject }) => subject === 'HAProxy')
    expect(findings[1]).toMatchObject({ state, says: expect.stringContaining(words) })
  })
})
