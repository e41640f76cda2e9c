import type { Facts, Look } from './host.ts'
import type { Jail } from './jail.ts'

/** What a change of a running jail's base wants to know of it first; of a stopped one nothing can be asked. */
export function baseLooks({ kernelName, state, configuration }: Jail): Record<string, Look> {
  if (state !== 'running' || configuration === undefined) return {}
  return {
    packagedBase: { argv: ['pkg', '-j', kernelName, 'which', '-q', '/usr/bin/uname'] },
    userland: userlandLook({ kernelName }),
    // without -F: it looks at what it fetched the last time, and fetches nothing
    vulnerable: { argv: ['pkg', '-j', kernelName, 'audit', '-q'], timeoutSeconds: 60 },
  }
}

export function userlandLook({ kernelName }: Pick<Jail, 'kernelName'>): Look {
  return { argv: ['jexec', kernelName, 'freebsd-version', '-u'], timeoutSeconds: 15 }
}

/** What such a look told: `15.1-RELEASE-p1`. A jail can answer anything at all. */
export function userlandOf(facts: Pick<Facts, 'looked'>, name: string): string | undefined {
  const answer = facts.looked[name]
  return answer?.exitCode === 0 ? /^[0-9]+\.[0-9]+-[A-Z0-9]+(-p[0-9]+)?$/.exec(answer.stdout.trim())?.[0] : undefined
}

export function baseRemarks({ name, state }: Jail, facts: Pick<Facts, 'looked'>): string[] {
  if (state !== 'running') return [`${name} does not run, so nobody can say what it is patched to now.`]
  const userland = userlandOf(facts, 'userland')
  return [
    userland === undefined ? `What ${name} is patched to now could not be read.` : `${name} is at ${userland} now.`,
    vulnerableWords(facts.looked['vulnerable']),
  ]
}

/** pkg-audit ends with 1 both where it found something and where it has nothing to look in. */
function vulnerableWords(answer: Facts['looked'][string] | undefined): string {
  const found = (answer?.stdout ?? '').split('\n').filter((line) => /^[A-Za-z0-9][^\s]*-[0-9][^\s]*$/.test(line))
  if (found.length > 0)
    return `pkg audit knows ${found.length} of its packages to be vulnerable: ${found.slice(0, 5).join(', ')}${found.length > 5 ? ' …' : ''}`
  return answer?.exitCode === 0
    ? 'pkg audit knows of no vulnerable package in it.'
    : 'pkg audit could not say whether its packages are vulnerable.'
}
