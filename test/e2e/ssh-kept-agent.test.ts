import { afterAll, beforeAll, expect, test } from 'vitest'
import { sshTargetSchema } from '../../src/core/ssh-target.ts'
import { privilegesOf } from '../../src/host/privileges.ts'
import { folderOnHost, type SshHouse, startSshHouse } from '../support/ssh-house.ts'

/* Least privilege: the agent that `jailops host privileges` prints, kept on the host with its limits, and nothing sent but requests. */

let house: SshHouse

beforeAll(async () => {
  house = await startSshHouse('sh', {
    keptAgent: (lab) => {
      const target = { address: '127.0.0.1', knownHosts: '/known_hosts', become: 'sudo', folder: folderOnHost(lab) }
      return privilegesOf(sshTargetSchema.parse(target), lab.layout, 'sudo').agent
    },
  })
  await house.addHost('--become', 'sudo')
  await house.start('worker')
  await house.start('bot')
})
afterAll(() => house.stop(), 60_000)

test('all of the main job runs within its limits, there and back', async () => {
  const states: string[] = []
  for (const words of [
    'jail create blog',
    'proxy add blog.example.com jail:blog',
    'jail stop blog',
    'jail start blog',
    'jail destroy blog',
    'jail restore blog',
    'proxy remove blog.example.com',
  ]) {
    const { state, card } = await house.run(`${words} host:web1`)
    states.push(`${words}: ${state}${state === 'done' ? '' : ` ${card.text}`}`)
    if (words.startsWith('proxy add')) expect(house.curl('blog.example.com')).toContain('blog')
  }

  expect(states.filter((line) => !line.endsWith(': done'))).toEqual([])
  const checked = await house.run('host check host:web1')
  expect(checked.state).toBe('done')
}, 120_000)
