import { z } from 'zod'
import { checkView } from './blocks.ts'
import { json, method, type Method } from './method.ts'
import { refusal } from './refusal.ts'
import { viewOutput } from './views.ts'

const trigger_id = z.string()
const view = json('invalid_arguments')
const hash = z.string().optional()

export const viewMethods: Record<string, Method> = {
  'views.open': method({}, { trigger_id, view }, (args, { views, triggers }) => {
    const spec = checkView(args.view)
    return { view: viewOutput(views.open(triggers.use(args.trigger_id).user, spec)) }
  }),

  'views.push': method({}, { trigger_id, view }, (args, { views, triggers }) => {
    const spec = checkView(args.view)
    return { view: viewOutput(views.push(triggers.use(args.trigger_id).user, spec)) }
  }),

  'views.update': method({}, { view_id: z.string().optional(), external_id: z.string().optional(), view, hash }, (args, { views }) => {
    const spec = checkView(args.view)
    return { view: viewOutput(views.update({ viewId: args.view_id, externalId: args.external_id }, spec, args.hash)) }
  }),

  'views.publish': method({}, { user_id: z.string(), view, hash }, (args, { views, world }) => {
    const spec = checkView(args.view)
    if (!world.users.has(args.user_id)) throw refusal('user_not_found')
    return { view: viewOutput(views.publish(args.user_id, spec, args.hash)) }
  }),
}
