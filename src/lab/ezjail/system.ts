import { recordCall } from '../call.ts'
import type { Host } from '../host.ts'
import { smallPrograms } from '../small.ts'

/** uname(1)'s answer to one option. */
export function unameOf(host: Host, option: string): string {
  const said = recordCall('uname', [option])
  void smallPrograms['uname']?.(host, said.call)
  return said.text().trim()
}

/** Name, version and processor of the machine as an archive's control file is marked with them. */
export function systemWords(host: Host): string[] {
  return ['-n', '-r', '-p'].map((option) => unameOf(host, option).replaceAll(/[^A-Za-z0-9.]/g, '_'))
}
