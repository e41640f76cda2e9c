import type { z } from 'zod'

/** What the REST API answers instead of what was asked for. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: number
  readonly errors: object | undefined

  constructor(status: number, code: number, message: string, errors?: object) {
    super(message)
    this.status = status
    this.code = code
    this.errors = errors
  }
}

/** By Discord's own numbers and words. */
export const problems = {
  unknownApplication: () => new ApiProblem(404, 10002, 'Unknown Application'),
  unknownChannel: () => new ApiProblem(404, 10003, 'Unknown Channel'),
  unknownGuild: () => new ApiProblem(404, 10004, 'Unknown Guild'),
  unknownMember: () => new ApiProblem(404, 10007, 'Unknown Member'),
  unknownMessage: () => new ApiProblem(404, 10008, 'Unknown Message'),
  unknownUser: () => new ApiProblem(404, 10013, 'Unknown User'),
  unknownWebhook: () => new ApiProblem(404, 10015, 'Unknown Webhook'),
  unknownInteraction: () => new ApiProblem(404, 10062, 'Unknown interaction'),
  unknownCommand: () => new ApiProblem(404, 10063, 'Unknown application command'),
  tooManyCommands: () => new ApiProblem(400, 30032, 'Maximum number of application commands reached (100)'),
  tooManyCommandCreates: () => new ApiProblem(400, 30034, 'Max number of daily application command creates has been reached (200)'),
  tooLarge: () => new ApiProblem(413, 40005, 'Request entity too large'),
  alreadyAcknowledged: () => new ApiProblem(400, 40060, 'Interaction has already been acknowledged.'),
  missingAccess: () => new ApiProblem(403, 50001, 'Missing Access'),
  notTheAuthor: () => new ApiProblem(403, 50005, 'Cannot edit a message authored by another user'),
  emptyMessage: () => new ApiProblem(400, 50006, 'Cannot send an empty message'),
  cannotReach: () => new ApiProblem(403, 50007, 'Cannot send messages to this user'),
  missingPermissions: () => new ApiProblem(403, 50013, 'Missing Permissions'),
  invalidToken: () => new ApiProblem(401, 50027, 'Invalid Webhook Token'),
  invalidJson: () => new ApiProblem(400, 50109, 'The request body contains invalid JSON.'),
  unauthorized: () => new ApiProblem(401, 0, '401: Unauthorized'),
  notFound: () => new ApiProblem(404, 0, '404: Not Found'),
} as const satisfies Record<string, () => ApiProblem>

interface FieldProblem {
  path: readonly PropertyKey[]
  code: string
  message: string
}

/** 50035, with the problems in a tree that has the shape of the body. */
export function invalidForm(fields: readonly FieldProblem[]): ApiProblem {
  const tree = {}
  for (const field of fields) {
    let node: Record<string, unknown> = tree
    for (const part of field.path) node = childOf(node, String(part))
    const others = Array.isArray(node['_errors']) ? node['_errors'] : []
    node['_errors'] = [...others, { code: field.code, message: field.message }]
  }
  return new ApiProblem(400, 50035, 'Invalid Form Body', tree)
}

function childOf(node: Record<string, unknown>, name: string): Record<string, unknown> {
  const child = (node[name] ?? {}) as Record<string, unknown>
  node[name] = child
  return child
}

/** @throws ApiProblem 50035 */
export function parseForm<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body, { reportInput: true })
  if (parsed.success) return parsed.data
  throw invalidForm(parsed.error.issues.map(fieldProblem))
}

function fieldProblem(issue: z.core.$ZodIssue): FieldProblem {
  const { path } = issue
  if (issue.input === undefined || issue.input === null) return { path, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }
  if (issue.code === 'too_big' && issue.origin === 'string') {
    return { path, code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${issue.maximum} or fewer in length.` }
  }
  if (issue.code === 'too_big' && issue.origin === 'array') {
    return { path, code: 'BASE_TYPE_BAD_LENGTH', message: `Must be ${issue.maximum} or fewer in length.` }
  }
  if (issue.code === 'too_big') {
    return { path, code: 'NUMBER_TYPE_MAX', message: `int value should be less than or equal to ${issue.maximum}.` }
  }
  if (issue.code === 'too_small' && issue.input === '') return { path, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }
  if (issue.code === 'too_small') return { path, code: 'BASE_TYPE_BAD_LENGTH', message: `Must be ${issue.minimum} or more in length.` }
  if (issue.code === 'custom') return { path, code: String(issue.params?.['code'] ?? 'INVALID'), message: issue.message }
  if (issue.code === 'invalid_format') {
    return { path, code: 'STRING_TYPE_REGEX', message: 'String value did not match validation regex.' }
  }
  return { path, code: 'BASE_TYPE_CHOICES', message: `Value ${JSON.stringify(issue.input)} is not accepted here: ${issue.message}` }
}
