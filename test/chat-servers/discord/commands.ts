import type { APIApplicationCommand } from 'discord-api-types/v10'
import { z } from 'zod'
import { recentCount } from './bounded.ts'
import { type CommandForm, commandFormSchema } from './command-form.ts'
import { invalidForm, parseForm, problems } from './problem.ts'
import type { ApiRequest, Handlers } from './rest.ts'
import type { World } from './world.ts'

type CommandRoutes =
  | 'GET /applications/:application/guilds/:guild/commands'
  | 'PUT /applications/:application/guilds/:guild/commands'
  | 'POST /applications/:application/guilds/:guild/commands'
  | 'DELETE /applications/:application/guilds/:guild/commands/:command'

/** The registry of the guild's slash commands. */
export function createCommands(world: World): {
  handlers: Pick<Handlers, CommandRoutes>
  registrations(): { bulk: number; single: number }
} {
  const counts = { bulk: 0, single: 0 }
  const created = recentCount(world.now, 24 * 60 * 60_000)

  function refuseStrangers({ param }: ApiRequest): void {
    if (param('application') !== world.applicationId) throw problems.unknownApplication()
    if (param('guild') !== world.guild.id) throw problems.missingAccess()
  }

  /** A command keeps its id for as long as its name is registered; a new name is one of the day's creates. */
  function store(form: CommandForm, earlier: ReadonlyMap<string, APIApplicationCommand>): APIApplicationCommand {
    const known = [...earlier.values()].find(({ name }) => name === form.name)
    if (!known && created.count() >= world.limits.commandCreatesADay) throw problems.tooManyCommandCreates()
    if (!known) created.add()
    const command = {
      ...form,
      id: known?.id ?? world.newId(),
      application_id: world.applicationId,
      guild_id: world.guild.id,
      version: world.newId(),
      default_member_permissions: form.default_member_permissions ?? null,
      nsfw: form.nsfw ?? false,
    } as APIApplicationCommand
    world.commands.set(command.id, command)
    return command
  }

  const handlers: Pick<Handlers, CommandRoutes> = {
    'GET /applications/:application/guilds/:guild/commands'(request) {
      refuseStrangers(request)
      return { status: 200, body: [...world.commands.values()] }
    },
    'PUT /applications/:application/guilds/:guild/commands'(request) {
      refuseStrangers(request)
      const forms = parseForm(z.array(commandFormSchema), request.body)
      if (forms.length > 100) throw problems.tooManyCommands()
      for (const [index, { name }] of forms.entries()) {
        if (forms.findIndex((form) => form.name === name) === index) continue
        const code = 'APPLICATION_COMMANDS_DUPLICATE_NAME'
        throw invalidForm([{ path: [index], code, message: 'Application command names must be unique' }])
      }
      counts.bulk += 1
      const earlier = new Map(world.commands)
      world.commands.clear()
      const body = forms.map((form) => store(form, earlier))
      world.changed()
      return { status: 200, body }
    },
    'POST /applications/:application/guilds/:guild/commands'(request) {
      refuseStrangers(request)
      const form = parseForm(commandFormSchema, request.body)
      const isNew = [...world.commands.values()].every(({ name }) => name !== form.name)
      if (isNew && world.commands.size >= 100) throw problems.tooManyCommands()
      counts.single += 1
      const body = store(form, world.commands)
      world.changed()
      return { status: isNew ? 201 : 200, body }
    },
    'DELETE /applications/:application/guilds/:guild/commands/:command'(request) {
      refuseStrangers(request)
      if (!world.commands.delete(request.param('command'))) throw problems.unknownCommand()
      world.changed()
      return { status: 204 }
    },
  }
  return { handlers, registrations: () => ({ ...counts }) }
}
