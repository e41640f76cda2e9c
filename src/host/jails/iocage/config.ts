import { z } from 'zod'
import type { Jail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { Probe } from '../../../core/step.ts'
import { configOf } from './paths.ts'

/* config.json: one object, a property a line, indented. What it does not say is in ROOT/defaults.json, or as iocage comes. */

const propertiesSchema = z.record(z.string(), z.unknown())

/** Each as text; undefined for what is no such file. */
export function readConfig(text: string): Record<string, string> | undefined {
  const parsed = parse(text)
  if (parsed === undefined) return undefined
  const plain = Object.entries(parsed).flatMap(([key, value]) => {
    const word = wordOf(value)
    return word === undefined ? [] : [[key, word] as const]
  })
  return Object.fromEntries(plain)
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return propertiesSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

function wordOf(value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

export function isTrue(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? '')
}

/** Absent where neither the jail nor the host's own defaults say anything. */
export function propertyOf({ properties, texts }: Pick<Jail, 'properties' | 'texts'>, key: string): string | undefined {
  return properties[key] ?? readConfig(texts?.['defaults'] ?? '')?.[key]
}

/** Also of a jail from the trash, of which only its properties are known. */
export function dependsOf({ depends, properties }: Pick<Jail, 'depends' | 'properties'>): readonly string[] {
  return depends.length > 0 ? depends : namesIn(properties['depends'])
}

export function namesIn(depends: string | undefined): string[] {
  return (depends ?? 'none').split(/[\s,]+/).filter((name) => name !== '' && name !== 'none')
}

/** Whether config.json says so: iocage's own word for it is not asked. */
export function says(layout: Pick<Layout, 'iocage'>, name: string, key: string, value: string): Probe {
  return { kind: 'command', argv: lookFor(layout, name, key, value), exitCode: 0 }
}

/** The file is there, and says something else or nothing. */
export function saysNot(layout: Pick<Layout, 'iocage'>, name: string, key: string, value: string): Probe {
  return { kind: 'command', argv: lookFor(layout, name, key, value), exitCode: 1 }
}

function lookFor(layout: Pick<Layout, 'iocage'>, name: string, key: string, value: string): string[] {
  const pattern = value.replaceAll(/[.[\](){}*+?^$|\\]/g, String.raw`\$&`)
  const argv = ['grep', '-Eq', `^ *"${key}": ("${pattern}"|${pattern}),?$`, configOf(layout, name)]
  return argv
}
