import type { Config } from '../config/schema.ts'
import { JailopsError } from '../core/errors.ts'
import { didYouMean } from '../core/suggest.ts'

/** What jailops.yaml says of a host. @throws unknown_host, also of names that every object has */
export function listedHost({ host, hosts }: Config, name: string): Config['hosts'][string] {
  const listed = Object.hasOwn(hosts, name) ? hosts[name] : undefined
  if (listed !== undefined) return listed
  const names = [...new Set([...Object.keys(hosts), ...(host === undefined ? [] : [host.name])])]
  throw new JailopsError('unknown_host', `jailops.yaml names no host ${name} under hosts.${didYouMean(name, names)}`)
}
