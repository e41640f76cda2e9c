import { expect, it } from 'vitest'
import clone from '../../commands/jail/clone.ts'
import { jail, planOf, titles } from './say.ts'

const datasets = ['/usr/jails', '/usr/jails/blog'].map((path) => ({
  name: `zroot${path.replace('/usr', '')}`,
  mountpoint: path,
  isMounted: true,
  hasOwnMountpoint: false,
}))

it.each([
  ['thick, in a folder', [], 'thick', true],
  ['thick, on a dataset of its own', datasets, 'thick', true],
  ['thin, on a dataset of its own', datasets, 'thin', false],
] as const)('a running jail that is %s is stopped where its files are copied one by one', (_, there, type, isStopped) => {
  const plan = planOf(clone, { jail: 'blog', to: 'copy' }, { jails: [jail({ type })], datasets: [...there] })

  expect(titles(plan).includes('Stop blog')).toBe(isStopped)
  expect(titles(plan).includes('Check that blog is stopped')).toBe(isStopped)
  expect(titles(plan).includes('Start blog')).toBe(isStopped)
  expect(plan.remarks.some((remark) => remark.includes('is stopped while it is copied'))).toBe(isStopped)
})
