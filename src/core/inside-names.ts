import { z } from 'zod'

/* What may be said of the inside of a jail. Each goes into an argv; none can be read there as an option or as a pattern. */

const packageName = /^[A-Za-z0-9][A-Za-z0-9._+@/-]*$/
const serviceWord = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

export const serviceName = z.string().max(64).regex(serviceWord, 'a service is named by letters, digits, _ . and -, such as nginx')
export const packageList = listOf(packageName, 'write packages as pkg names them, such as nginx, php84')
export const serviceList = listOf(serviceWord, 'write services as service(8) names them, such as nginx, redis')

/** Separated by commas or blanks, as people write them; each once. */
export function wordsIn(list: string): string[] {
  return [...new Set(list.split(/[\s,]+/).filter((word) => word !== ''))]
}

export const rcVariable = z
  .string()
  .max(100)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable of rc.conf has letters, digits and _ only, such as nginx_enable')

/** sysrc writes it between double quotes as it is, and every script of rc reads it as sh does. */
export const rcValue = z
  .string()
  .max(1000)
  .superRefine((value, context) => {
    const what = problemOfValue(value)
    if (what !== undefined) context.addIssue({ code: 'custom', message: `${what} would break rc.conf, or be read as something else there` })
  })

function problemOfValue(value: string): string | undefined {
  if (/\p{Cc}/u.test(value)) return 'a line break or another control character'
  if (value.includes('`')) return 'a ` (it runs a command)'
  if (value.includes('$(')) return '$( (it runs a command)'
  if (value.includes('$')) return 'a $ (it begins a variable)'
  if (value.includes('"')) return 'a double quote'
  if (value.includes('\\')) return 'a backslash'
  return value.split("'").length % 2 === 0 ? "a single quote (') without its second one" : undefined
}

export const zoneName = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/, 'write a time zone such as Europe/Berlin')

/** Of a file below /var/log. */
export const logName = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.@+-]*(\/[A-Za-z0-9_][A-Za-z0-9_.@+-]*)*$/,
    'write a file below /var/log, such as messages or nginx/error.log',
  )

export const templateName = z
  .string()
  .max(32)
  .regex(/^[a-z][a-z0-9-]*$/, 'a template is named by lower-case letters, digits and -')

/** In a jail, as the jail sees it. */
const insidePath = z
  .string()
  .max(500)
  .regex(/^(\/[A-Za-z0-9._+@-]+)+$/, 'must be a full path of letters, digits and . _ + @ -')
  .refine((path) => !path.split('/').some((part) => part === '..' || part === '.'), 'must not contain .. or .')

// YAML makes numbers of what people mean as text
const text = z.union([z.string(), z.number()]).transform(String)

/** A recipe for what is in a jail. */
export const templateSchema = z.strictObject({
  description: z.string().max(200).default(''),
  packages: z.array(z.string().regex(packageName, 'must be a name of a package')).max(100).default([]),
  /** rc.conf variables. */
  sysrc: z.record(rcVariable, text.pipe(rcValue)).default({}),
  /** {{jail}}, {{address}} and {{listen}} (where its site is expected, as ADDRESS:PORT) stand for those of the jail. */
  files: z
    .array(
      z.strictObject({
        path: insidePath,
        content: z
          .string()
          // more than that cannot be read back whole, and so would never count as written
          .refine((content) => Buffer.byteLength(content) <= 100_000, 'must have at most 100 kB')
          .refine((content) => !content.includes('\0'), 'must not contain NUL'),
        mode: text.pipe(z.string().regex(/^0?[0-7]{3}$/, 'must be a mode such as 644')).default('644'),
      }),
    )
    .max(50)
    .default([]),
  /** Switched on, and started. */
  services: z.array(z.string().regex(serviceWord, 'must be a name of a service')).max(50).default([]),
  /** Run in the jail, one after the other, without a shell. */
  commands: z
    .array(
      z
        .array(
          z
            .string()
            .max(2000)
            .refine((word) => !/[\0\r\n]/.test(word), 'must be one line'),
        )
        .min(1)
        .refine(([program = '']) => !program.startsWith('-') && program !== '', 'must begin with a program'),
    )
    .max(50)
    .default([]),
})

function listOf(each: RegExp, how: string) {
  return z
    .string()
    .max(1000)
    .refine((list) => wordsIn(list).length > 0 && wordsIn(list).every((word) => each.test(word)), how)
}
