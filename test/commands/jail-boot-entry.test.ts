import { expect, test } from 'vitest'
import destroy from '../../commands/jail/destroy.ts'
import rename from '../../commands/jail/rename.ts'
import { propertiesOf } from '../../src/host/jails/jail-conf/read-file.ts'
import { newJailFile } from '../../src/host/jails/jail-conf/new-file.ts'
import { testFacts } from '../host/facts-helper.ts'
import { jail, planOf } from './say.ts'

const file = newJailFile(testFacts({}).layout, { name: 'blog', address: '10.0.0.5', vnet: false, type: 'thick' })
const blog = jail({ state: 'stopped', startsAtBoot: true, properties: propertiesOf(file) })
const allOfJailConf = { list: [], configured: ['blog', 'wiki'], jailEnable: true, includesFolder: true }

function bootSteps(plan: ReturnType<typeof planOf>): string[] {
  return plan.steps
    .filter(({ action }) => action.kind === 'boot-word' || (action.kind === 'run' && action.argv[0] === 'sysrc'))
    .map(({ title }) => title)
}

test('a renamed jail starts at boot as before: where all do, without a list that would leave it out', () => {
  expect(bootSteps(planOf(rename, { jail: 'blog', to: 'journal' }, { jails: [blog], boot: allOfJailConf }))).toEqual([])
  const boot = { ...allOfJailConf, list: ['blog', 'wiki'] }
  const listed = planOf(rename, { jail: 'blog', to: 'journal' }, { jails: [blog], boot })
  expect(bootSteps(listed)).toEqual(['Take blog from the boot list', 'Let journal start at boot'])
})

test('a destroyed jail leaves no word in the boot list, not even while nobody starts at boot', () => {
  const boot = { list: ['blog'], configured: [], jailEnable: false, includesFolder: false }
  const plan = planOf(destroy, { jail: 'blog' }, { jails: [{ ...blog, startsAtBoot: false }], boot })
  expect(bootSteps(plan)).toEqual(['Take blog from the boot list'])
})
