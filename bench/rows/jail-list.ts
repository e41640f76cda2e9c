import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Layout } from '../../src/core/layout.ts'
import { observe } from '../../src/host/facts/observe.ts'
import { jailConfiguration } from '../../src/host/jails/jail-conf/jail-file.ts'
import { newJailFile } from '../../src/host/jails/jail-conf/new-file.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { startLab } from '../../src/lab/lab.ts'
import { alternate, compare, type Row, type Samples } from '../support/measured.ts'
import { median, rounded } from '../support/statistics.ts'

const jails = 500

/**
 * What `/jail list` costs on the host: all jails, running and configured, ours or not. Bare: the same questions put by a shell script, which
 * makes nothing of the answers. `…Foreign` when nobody of us wrote the files, `…Included` when jail.conf includes them all.
 */
export const jailList: Row = {
  name: 'jail.list',
  about: `observe the ${jails} jails of a host in the lab | a script that asks jls, sysrc and jail -e`,
  async measure() {
    await using begun = new AsyncDisposableStack()
    const folder = begun.adopt(mkdtempSync(join(tmpdir(), 'jb-')), (it) => rmSync(it, { recursive: true, force: true }))
    const lab = begun.adopt(await startLab({ folder }), (it) => it.stop())
    const shell = begun.adopt(createLocalShell(lab.layout), (it) => it.stop())
    const ours = () =>
      timed(async () => {
        const facts = await observe({ shell, layout: lab.layout }, ['jails'], { others: [], here: [] })
        if (facts.jails.length !== jails || facts.jails.some((jail) => jail.state === 'broken')) throw new Error('jails are missing')
      })
    const bare = () =>
      timed(async () => void (await execa('/bin/sh', ['-c', script(lab.layout)], { env: pathOf(lab.layout), extendEnv: false })))
    const sides = (samples: number): Promise<Samples> => alternate({ ours, bare }, { samples, warmUp: 3 })

    await makeJails(lab.layout)
    const own = await sides(30)
    for (const name of names) writeFileSync(fileOf(lab.layout, name), foreign(lab.layout, name))
    const others = await sides(15)
    writeFileSync(lab.layout.jailConf, `.include "${lab.layout.jailConfFolder}/*.conf";\n`)
    const included = await sides(15)
    return {
      ...compare(jailList.name, own),
      oursForeign: rounded(median(others.ours)),
      oursIncluded: rounded(median(included.ours)),
      limit: 300,
    }
  },
}

const names = Array.from({ length: jails }, (_, index) => `site-${index}`)

async function makeJails(layout: Layout): Promise<void> {
  mkdirSync(layout.jailConfFolder, { recursive: true })
  for (const [index, name] of names.entries()) {
    const address = `10.9.${Math.floor(index / 250)}.${(index % 250) + 1}`
    const file = newJailFile(layout, { name, address, type: 'thick', vnet: false })
    writeFileSync(fileOf(layout, name), jailConfiguration({ ...file, settings: { 'allow.raw_sockets': 'true' } }, true))
  }
  // half of them run
  const starts = names.filter((_, index) => index % 2 === 0).map((name) => `jail -c name=${name} path=${layout.base} persist`)
  await execa('/bin/sh', ['-c', starts.join('\n')], { env: pathOf(layout), extendEnv: false })
}

function foreign(layout: Layout, name: string): string {
  return `${name} {\n  path = ${layout.jailRoots}/${name};\n  exec.start = '/bin/sh /etc/rc';\n  persist;\n}\n`
}

function fileOf({ jailConfFolder }: Layout, name: string): string {
  return join(jailConfFolder, `${name}.conf`)
}

function script({ jailConfFolder }: Layout): string {
  return `jls --libxo json -v; sysrc -n jail_list; sysrc -n jail_enable; echo '.include "${jailConfFolder}/*.conf";' | jail -f - -e '|'; true`
}

function pathOf({ programFolders }: Layout): Record<string, string> {
  return { PATH: programFolders.join(':'), LC_ALL: 'C' }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
