import { describe, expect, test } from 'vitest'
import destroy from '../../../commands/jail/destroy.ts'
import { layoutSchema } from '../../../src/core/layout.ts'
import type { Plan } from '../../../src/core/plan.ts'
import type { ProxyFacts } from '../../../src/core/proxy.ts'
import type { Step } from '../../../src/core/step.ts'
import { groupName } from '../../../src/host/proxy/backend-file.ts'
import { changeAndReload, oneReload, reloadNginx } from '../../../src/host/proxy/nginx/reload.ts'
import { upstreamIn } from '../../../src/host/proxy/nginx/upstream.ts'
import { backendOfJail, jail, planOf, readyProxy, routeTo } from '../../commands/say.ts'

const layout = layoutSchema.parse({ proxy: 'nginx' })

function destroyed(proxy: Partial<ProxyFacts>, others: readonly string[] = []): Plan {
  const jails = ['blog', ...others].map((name) => jail({ name, kernelName: name }))
  return planOf(destroy, { jail: 'blog' }, { jails, proxy: { ...readyProxy, kind: 'nginx', ...proxy } }, {}, layout)
}

/** What the plan does with nginx, before the jail itself goes. */
function ofNginx({ steps }: Plan): string[] {
  return steps
    .slice(
      0,
      steps.findIndex(({ title }) => title.startsWith('Stop')),
    )
    .map(({ title }) => title)
}

describe('a jail that is destroyed', () => {
  const second = { ...routeTo('blog'), host: 'second.example.com' }

  test('all of it is one reload, however many sites it has, and then the last requests are waited for', () => {
    const plan = destroyed({
      routes: [routeTo('blog'), second],
      backends: [backendOfJail('blog')],
      settings: { 'blog.example.com': { maintenance: true, owner: 'ana' } },
    })
    expect(ofNginx(plan)).toEqual([
      'Send blog.example.com nowhere',
      'Take maintenance of blog.example.com away',
      'blog.example.com belongs to nobody',
      'Send second.example.com nowhere',
      "Take jail_blog out of nginx's configuration",
      'Reload nginx: it knows no other way to forget a site; open requests go on',
      'Wait until the requests of before are answered; nginx cannot tell how many one jail has',
    ])
    const back = plan.steps.flatMap(({ title, undo = [] }) => (undo.some(({ action }) => action === reloadNginx) ? [title] : []))
    expect(back).toEqual(['Send blog.example.com nowhere'])
  })

  test('leaves the others of a site that it shared alone in their file', () => {
    const targets = ['blog', 'shop', 'wiki'].map((name) => ({ jail: name, weight: 50, address: '10.0.0.5' }))
    const name = groupName('all.example.com')
    const plan = destroyed(
      {
        routes: [{ host: 'all.example.com', backend: name, targets, jail: 'blog' }],
        backends: [{ name, targets, isSpare: false, isStale: false }],
      },
      ['shop', 'wiki'],
    )
    const written = plan.steps.flatMap(({ action }) =>
      action.kind === 'nginx-config' && action.change.what === 'file' ? [upstreamIn(action.change.content ?? '')] : [],
    )
    expect(written.map((servers) => servers?.map((one) => one.jail))).toEqual([['shop', 'wiki']])
    expect(ofNginx(plan).filter((title) => title.startsWith('Reload'))).toHaveLength(1)
  })
})

test('what has to be seen through nginx has its reload before it', () => {
  const seen: Step = { title: 'seen', action: { kind: 'await', timeoutSeconds: 1 } }
  const steps = oneReload([
    ...changeAndReload([change('a')], 'first'),
    ...changeAndReload([change('b')], 'second'),
    seen,
    ...changeAndReload([change('c')], 'third'),
  ])
  expect(steps.map(({ title, undo = [] }) => `${title}${undo.length > 0 ? ', and back' : ''}`)).toEqual([
    'a, and back',
    'b',
    'Reload nginx: first; open requests go on',
    'seen',
    'c, and back',
    'Reload nginx: third; open requests go on',
  ])
})

function change(title: string): Step {
  return {
    title,
    action: {
      kind: 'nginx-config',
      configuration: '/nginx.conf',
      folder: '/jailops',
      change: { what: 'entry', map: 'hosts', key: title, value: 'jail_blog' },
    },
  }
}
