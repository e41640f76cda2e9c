import { JailopsError } from './errors.ts'
import type { LookAnswer } from './host.ts'

/** What `service NAME onestatus` said. `silent`: its script knows no status. @throws unknown_service */
export function serviceState(name: string, { exitCode, stdout, stderr }: LookAnswer): 'running' | 'stopped' | 'silent' {
  const text = `${stdout}\n${stderr}`
  if (text.includes('does not exist in /etc/rc.d')) {
    throw new JailopsError('unknown_service', `The jail has no service ${name}. /jail service list shows them; a package may bring it.`)
  }
  if (exitCode === undefined) throw new JailopsError('timed_out', `service ${name} did not say in time whether it runs.`)
  if (text.includes('unknown directive')) return 'silent'
  return exitCode === 0 ? 'running' : 'stopped'
}
