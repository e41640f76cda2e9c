import type { Piece } from './lexer.ts'
import type { Block, Parameter } from './parse.ts'

/** A jail as configured: its parameters in jail(8)'s order, all values plain text. */
export interface JailConfig {
  name: string
  parameters: { name: string; values: string[] }[]
  /** What is wrong with it, in jail(8)'s words after `jail: `; such a jail can be shown but not started. */
  errors: string[]
  /** Given on the command line and not by a file: messages then leave its name out. */
  onCommandLine: boolean
}

export function valueOf(config: JailConfig, name: string): string | undefined {
  return config.parameters.find((parameter) => parameter.name === name)?.values.join(',')
}

export function valuesOf(config: JailConfig, name: string): string[] {
  return config.parameters.find((parameter) => parameter.name === name)?.values ?? []
}

/** A switch may be written `persist`, `persist=true`, `nopersist`, `mount.nodevfs`. */
export function isOn(config: JailConfig, name: string): boolean {
  const value = valueOf(config, name)
  if (value === undefined) return false
  return value === '' || value === '1' || value === 'true'
}

/** Gives each jail the parameters of every block that matches its name, in the order of the file. */
export function configuredJails(blocks: Block[]): JailConfig[] {
  return blocks.flatMap((own, place) => {
    if (isWild(own.name)) return []
    const before = blocks.slice(0, place).filter((block) => isWild(block.name) && matches(block.name, own.name))
    const after = blocks.slice(place + 1).filter((block) => isWild(block.name) && matches(block.name, own.name))
    return [collect(own.name, [...before, own, ...after])]
  })
}

function collect(name: string, blocks: Block[]): JailConfig {
  const parameters: Parameter[] = [
    { name: /^[0-9]+$/.test(name) ? 'jid' : 'name', isVariable: false, append: false, values: [[{ kind: 'text', text: name }]] },
  ]
  for (const parameter of blocks.flatMap((block) => block.parameters)) add(parameters, parameter)
  const errors: string[] = []
  const config: JailConfig = { name, parameters: [], errors, onCommandLine: false }
  for (const parameter of parameters) {
    const values = parameter.values.map((pieces) => substitute(pieces, parameter.name, parameters, name, errors))
    if (!parameter.isVariable) config.parameters.push({ name: parameter.name, values })
  }
  return config
}

/** A later `=` replaces the values but keeps the place. */
function add(parameters: Parameter[], parameter: Parameter): void {
  const plain = positive(parameter.name)
  const place = parameters.findIndex((each) => each.isVariable === parameter.isVariable && positive(each.name) === plain)
  const old = parameters[place]
  if (old === undefined) parameters.push({ ...parameter })
  else parameters[place] = { ...parameter, values: parameter.append ? [...old.values, ...parameter.values] : parameter.values }
}

/** `allow.nomount` → `allow.mount`, for the switches that have such a twin. */
export function positive(name: string): string {
  return name.replace(/^(nopersist|nodying)$/, (twin) => twin.slice(2)).replace(/^((?:allow|mount|exec)\.(?:mount\.)?)no(?!ne)/, '$1')
}

function substitute(pieces: Piece[], parameter: string, all: Parameter[], jail: string, errors: string[], depth = 0): string {
  return pieces
    .map((piece) => {
      if (piece.kind === 'text') return piece.text
      const found = all.find((each) => each.name === piece.name)
      if (found === undefined || depth > 8) {
        errors.push(`${jail}: ${parameter}: variable "${piece.name}" not found`)
        return ''
      }
      return found.values.map((value) => substitute(value, parameter, all, jail, errors, depth + 1)).join(',')
    })
    .join('')
}

function isWild(name: string): boolean {
  return name.split('.').includes('*')
}

/** `*` stands for any name, `web.*` for any child of `web`. */
function matches(wild: string, name: string): boolean {
  if (wild === '*') return true
  const wildParts = wild.split('.')
  const nameParts = name.split('.')
  return wildParts.length === nameParts.length && wildParts.every((part, place) => part === '*' || part === nameParts[place])
}
