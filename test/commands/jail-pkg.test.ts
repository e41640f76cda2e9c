import { describe, expect, it } from 'vitest'
import audit from '../../commands/jail/pkg/audit.ts'
import install from '../../commands/jail/pkg/install.ts'
import list from '../../commands/jail/pkg/list.ts'
import remove from '../../commands/jail/pkg/remove.ts'
import upgrade from '../../commands/jail/pkg/upgrade.ts'
import { refusal } from '../core/refusal.ts'
import { packagesLooked, said } from './looked.ts'
import { answerOf, jail, planOf, request, titles } from './say.ts'
import { undoArgv } from '../support/undo-argv.ts'

const there = { jails: [jail()], looked: packagesLooked }
const argv = (step: { action: object } | undefined) => (step !== undefined && 'argv' in step.action ? step.action.argv : undefined)

describe('jail pkg install', () => {
  it('installs what is missing, one step each, and takes only that back', () => {
    const plan = planOf(install, { jail: 'blog', packages: 'vim, node24 git-lite' }, there)
    expect(titles(plan)).toEqual(['Install vim in blog', 'Install git-lite in blog'])
    expect(argv(plan.steps[1])).toEqual(['pkg', '-j', 'blog', 'install', '-U', '-y', 'git-lite'])
    expect(plan.steps.map(({ undo = [] }) => undo.map((one) => undoArgv(one).slice(3).join(' ')))).toEqual([
      ['delete -y vim', 'delete -y expat'],
      ['delete -y git-lite'],
    ])
  })

  it('names what comes along, and what changes with it', () => {
    const plan = planOf(install, { jail: 'blog', packages: 'vim git-lite' }, there)
    expect(plan.outcome).toEqual([{ name: 'Comes along', value: 'expat' }])
    expect(plan.remarks.join()).toContain('libuv: 1.51.0 -> 1.52.0')
  })

  it('refuses at once what no repository has', () => {
    const installation = said('', 1, "pkg: No packages available to install matching 'vmi' have been found in the repositories\n")
    const looked = { ...packagesLooked, installation }
    expect(refusal(() => planOf(install, { jail: 'blog', packages: 'vmi' }, { jails: [jail()], looked })).code).toBe('unknown_package')
  })

  it('makes no plan where pkg did not say in time what would come', () => {
    const looked = { ...packagesLooked, installation: { exitCode: undefined, stdout: '', stderr: '' } }
    expect(refusal(() => planOf(install, { jail: 'blog', packages: 'vim' }, { jails: [jail()], looked })).code).toBe('host_not_ready')
  })

  it('says so where all is there', () => {
    expect(planOf(install, { jail: 'blog', packages: 'databases/redis' }, there).remarks.join()).toContain('already')
  })

  it.each(['-y', 'vim;rm', '$(id)', '', '*', 'a>1'])('refuses %j as a package', (packages) => {
    expect(refusal(() => planOf(install, { jail: 'blog', packages }, there)).code).toBe('bad_argument')
  })

  it('needs a running jail, and a pkg that answers', () => {
    expect(refusal(() => planOf(install, { jail: 'blog', packages: 'vim' }, { ...there, jails: [jail({ state: 'stopped' })] })).code).toBe(
      'jail_stopped',
    )
    const looked = { ...packagesLooked, packages: said('', 1, 'pkg: sqlite error') }
    expect(refusal(() => planOf(install, { jail: 'blog', packages: 'vim' }, { jails: [jail()], looked })).message).toContain('sqlite error')
  })

  it('goes by the name that the kernel knows', () => {
    const plan = planOf(
      install,
      { jail: 'blog', packages: 'vim' },
      { ...there, jails: [jail({ manager: 'iocage', kernelName: 'ioc-blog' })] },
    )
    expect(argv(plan.steps[0])).toContain('ioc-blog')
    expect(plan.resources).toEqual(['jail:blog', 'manager:iocage'])
  })
})

describe('jail pkg remove', () => {
  it('names what goes with it, and brings that back as it was', () => {
    const plan = planOf(remove, { jail: 'blog', packages: 'libuv' }, there)
    expect(titles(plan)).toEqual(['Remove node24 from blog, which needs what is removed', 'Remove libuv from blog'])
    expect(plan.steps.flatMap(({ undo = [] }) => undo.slice(0, 1).map((one) => undoArgv(one).slice(3).join(' ')))).toEqual([
      'install -y node24',
      'install -y -A libuv',
    ])
  })

  it('suggests the package that was meant', () => {
    const refused = refusal(() => planOf(remove, { jail: 'blog', packages: 'rediss' }, there))
    expect([refused.code, refused.message]).toEqual(['unknown_package', expect.stringContaining('Did you mean redis?')])
  })
})

const newer = said(
  'Updating FreeBSD-ports repository catalogue...\nnode24-24.9.0   <   needs updating (remote has 24.10.0)\nredis-8.2.1   <   needs updating (remote has 8.2.2)\n',
)

describe('jail pkg upgrade', () => {
  const looked = { ...packagesLooked, newer }

  it('names each version, leaves locked ones alone, and cannot be taken back without ZFS', () => {
    const plan = planOf(upgrade, { jail: 'blog' }, { ...there, looked })
    expect(plan.outcome).toEqual([{ name: 'Packages', value: 'node24 24.9.0 → 24.10.0' }])
    expect(plan.remarks.join()).toContain('redis is locked')
    expect(plan.steps[0]).toMatchObject({ final: expect.any(String), done: { stdout: 'node24-24.10.0' } })
  })

  it('has a snapshot to go back to on ZFS', () => {
    const blog = jail()
    const datasets = ['/usr/jails', blog.root].map((path) => ({
      name: `z${path}`,
      mountpoint: path,
      isMounted: true,
      hasOwnMountpoint: false,
    }))
    const plan = planOf(upgrade, { jail: 'blog' }, { jails: [blog], looked, datasets })
    expect(argv(plan.steps[0])).toContain(`z${blog.root}@before-${request}`)
    const last = plan.steps.at(-1)
    expect(last?.final).toBeUndefined()
    expect(last?.undo?.map((one) => undoArgv(one).slice(0, 2).join(' '))).toEqual(['jail -f', 'zfs rollback', 'jail -f'])
  })

  it('has nothing to do where all is new, and refuses what is not there', () => {
    expect(planOf(upgrade, { jail: 'blog', packages: 'pkg' }, { ...there, looked }).steps).toEqual([])
    expect(refusal(() => planOf(upgrade, { jail: 'blog', packages: 'vim' }, { ...there, looked })).code).toBe('unknown_package')
  })
})

describe('jail pkg list and audit', () => {
  it('list what there is', () => {
    expect(answerOf(list, { jail: 'blog' }, there)).toMatchObject({
      title: 'blog has 4 packages',
      table: { rows: expect.arrayContaining([['libuv', '1.51.0', 'because another needs it', 'no']]) },
    })
  })

  it('tell holes, and a base that is older than what is known', () => {
    const hole =
      'redis-8.2.1 is vulnerable:\n  redis -- many\n  CVE: CVE-2026-1\n  WWW: https://vuxml.FreeBSD.org/x.html\n\n1 problem(s) in 1 package(s) found.\n'
    const looked = { audit: said(hole, 1), base: said('15.1-RELEASE\n'), host: said('15.1-RELEASE-p2\n') }
    const answer = answerOf(audit, { jail: 'blog' }, { jails: [jail()], looked })
    expect(answer.title).toBe('1 vulnerable package in blog, and an old base')
    expect(answer.text).toContain('15.1-RELEASE-p2')
    expect(answer.table?.rows).toEqual([['redis-8.2.1', 'redis -- many; CVE: CVE-2026-1', 'https://vuxml.FreeBSD.org/x.html']])
  })

  it('do not take a failure for a clean jail', () => {
    const looked = { audit: said('', 1, 'pkg: cannot fetch vulnxml'), base: said('15.1-RELEASE\n'), host: said('15.1-RELEASE\n') }
    expect(refusal(() => answerOf(audit, { jail: 'blog' }, { jails: [jail()], looked })).message).toContain('cannot fetch')
    const clean = { ...looked, audit: said('0 problem(s) in 0 package(s) found.\n') }
    expect(answerOf(audit, { jail: 'blog' }, { jails: [jail()], looked: clean }).title).toBe('No vulnerable packages in blog')
  })
})
