import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeAction } from '../../src/core/describe-action.ts'
import type { Action } from '../../src/core/step.ts'

const run = (...argv: string[]): Action => ({ kind: 'run', argv, timeoutSeconds: 1 })
const map = { socket: '/var/run/h.sock', path: '/maps/hosts.map', key: 'blog.example.com' }

describe('describeAction', () => {
  it.each<[Action, string]>([
    [run('jexec', 'blog', 'service', 'nginx', 'reload'), 'jexec blog service nginx reload'],
    [run('sysrc', 'jail_list+=blog'), 'sysrc jail_list+=blog'],
    [run('a', ''), "a ''"],
    [run('a', 'b c', "it's", '$(x)', '*'), String.raw`a 'b c' 'it'\''s' '$(x)' '*'`],
    [run('a', 'one\ntwo'), String.raw`a $'one\ntwo'`],
    [run('a', '\u202Etxt', '\u0000\\', '\u{E0001}'), String.raw`a $'\u202etxt' $'\u0000\\' $'\U000e0001'`],
    [{ ...run('tee', '/x'), kind: 'run', argv: ['tee', '/x'], timeoutSeconds: 1, stdin: 'ä' }, 'tee /x  (stdin: 2 bytes)'],
    [{ kind: 'write', path: '/a', content: 'ä\n', mode: 0o640 }, 'write /a (3 bytes, mode 640)'],
    [{ kind: 'remove', path: '/a' }, 'remove /a'],
    [{ kind: 'folder', path: '/a', mode: 0o755 }, 'make folder /a (mode 755)'],
    [{ kind: 'remove-folder', path: '/a' }, 'remove the empty folder /a'],
    [{ kind: 'move', from: '/a', to: '/b' }, 'move /a to /b'],
    [{ kind: 'map-entry', path: '/m', key: 'k', value: 'v' }, '/m: set the line k v'],
    [{ kind: 'map-entry', path: '/m', key: 'k', value: null }, '/m: remove the line of k'],
    [{ kind: 'proxy-map', ...map, value: 'jail_blog' }, '/maps/hosts.map and the running HAProxy: blog.example.com jail_blog'],
    [{ kind: 'proxy-map', ...map, value: null }, '/maps/hosts.map and the running HAProxy: without blog.example.com'],
    [{ kind: 'haproxy-config', folder: '/h', name: 'a.cfg', content: 'x' }, 'write /h/a.cfg (1 bytes), checked by haproxy -c'],
    [{ kind: 'haproxy-config', folder: '/h', name: 'a.cfg', content: null }, 'remove /h/a.cfg, checked by haproxy -c'],
    [{ kind: 'await', timeoutSeconds: 9 }, 'wait at most 9 s'],
    [{ kind: 'require', otherwise: 'no' }, 'check, change nothing'],
  ])('%j', (action, text) => {
    expect(describeAction(action)).toBe(text)
  })

  it('is one visible line, and another line for another argv', () => {
    const argv = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(argv, argv, (one, other) => {
        expect(describeAction(run(...one))).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        const areSame = JSON.stringify(one) === JSON.stringify(other)
        expect(describeAction(run(...one)) === describeAction(run(...other))).toBe(areSame)
      }),
    )
  })
})
