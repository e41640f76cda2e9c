/** What the lab cannot imitate ends loudly: never a pretended success. */
export class Refusal extends Error {
  override name = 'Refusal'
}

export const refusalCode = 70

export function refuse(program: string, what: string): never {
  throw new Refusal(`lab: ${program}: ${what}`)
}

export function refuseOption(program: string, option: string): never {
  return refuse(program, `option ${option} is not imitated here`)
}
