import { z } from 'zod'
import { configSchema } from './schema.ts'

/* What settings there are, read off the schema itself: for JAILOPS_ variables, `…File` keys and "did you mean". */

export type SettingPath = readonly PropertyKey[]

interface SchemaNode {
  type?: string | undefined
  secret?: boolean | undefined
  properties?: Record<string, SchemaNode> | undefined
  additionalProperties?: boolean | SchemaNode | undefined
  items?: SchemaNode | undefined
  anyOf?: SchemaNode[] | undefined
  oneOf?: SchemaNode[] | undefined
}

const schemaNode: z.ZodType<SchemaNode> = z.looseObject({
  type: z.string().optional(),
  secret: z.boolean().optional(),
  get properties() {
    return z.record(z.string(), schemaNode).optional()
  },
  get additionalProperties() {
    return z.union([z.boolean(), schemaNode]).optional()
  },
  get items() {
    return schemaNode.optional()
  },
  get anyOf() {
    return z.array(schemaNode).optional()
  },
  get oneOf() {
    return z.array(schemaNode).optional()
  },
})

const root = schemaNode.parse(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }))

/** The names that may stand in the section at this path; none where any name may. */
export function namesAt(path: SettingPath): string[] {
  return [...new Set(nodesAt(path).flatMap((node) => Object.keys(node.properties ?? {})))]
}

/** JSON's word for what stands there (string, integer, boolean, object …), if there is such a setting. */
export function typeAt(path: SettingPath): string | undefined {
  return nodesAt(path).find((node) => node.type !== undefined)?.type
}

export function isSecret(path: SettingPath): boolean {
  return nodesAt(path).some((node) => node.secret === true)
}

/** Every path that the schema names, sections included; what people name themselves (roles, people) is not in it. */
export function namedPaths(path: readonly string[] = []): string[][] {
  return namesAt(path).flatMap((name) => [[...path, name], ...namedPaths([...path, name])])
}

function nodesAt(path: SettingPath): SchemaNode[] {
  return path.reduce<SchemaNode[]>((nodes, part) => nodes.flatMap((node) => children(node, part)), variants(root))
}

function children(node: SchemaNode, part: PropertyKey): SchemaNode[] {
  const named = typeof part === 'string' && Object.hasOwn(node.properties ?? {}, part) ? node.properties?.[part] : undefined
  const other = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined
  const child = typeof part === 'number' ? node.items : (named ?? other)
  return child === undefined ? [] : variants(child)
}

function variants(node: SchemaNode): SchemaNode[] {
  return [node, ...(node.anyOf ?? []), ...(node.oneOf ?? [])]
}

/** `bot.web.people`, `policy.approvals[0].count`. */
export function showPath(path: SettingPath): string {
  return path.reduce<string>((shown, part) => {
    if (typeof part === 'number') return `${shown}[${part}]`
    return shown === '' ? String(part) : `${shown}.${String(part)}`
  }, '')
}
