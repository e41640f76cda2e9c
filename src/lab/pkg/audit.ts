import { compareVersions, readMirror } from '../offers.ts'
import { readIn, writeIn } from '../root-files.ts'
import { parseWords, type PkgCall } from './command-line.ts'
import { loadDatabase } from './database.ts'

const file = '/var/db/pkg/vuln.xml'

/** Known vulnerabilities of what is installed; 1 when there are any. */
export function audit(at: PkgCall, args: string[]): number {
  const { flags } = parseWords('audit', args, 'Fq')
  if (flags.has('F')) {
    if (!flags.has('q'))
      at.call.out(readIn(at.root, file) === undefined ? `${at.prefix}Fetching vuln.xml.xz: 100%\n` : 'vulnxml file up-to-date\n')
    writeIn(at.root, file, '<vuxml/>\n')
  }
  if (readIn(at.root, file) === undefined) {
    at.call.err(`pkg: vulnxml file ${file} does not exist. Try running 'pkg audit -F' first\n`)
    return 1
  }
  const { vulnerable } = readMirror(at.host)
  const found = (loadDatabase(at.root) ?? []).filter(({ name, version }) => {
    const mended = vulnerable[name]
    return mended !== undefined && compareVersions(version, mended) < 0
  })
  for (const { name, version } of found) at.call.out(flags.has('q') ? `${name}-${version}\n` : entry(name, version))
  if (!flags.has('q')) at.call.out(`${found.length} problem(s) in ${found.length} package(s) found.\n`)
  return found.length > 0 ? 1 : 0
}

function entry(name: string, version: string): string {
  const lines = [`${name}-${version} is vulnerable:`, `  ${name} -- multiple vulnerabilities`, '  CVE: CVE-2026-10001']
  return `${lines.join('\n')}\n  WWW: https://vuxml.FreeBSD.org/freebsd/4c1f6f0e-0000-11f1-8000-000000000000.html\n\n`
}
