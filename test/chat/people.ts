export const people = [
  { id: 'ana', name: 'ana', groups: ['operators'], note: 'operator' },
  { id: 'bo', name: 'bo', groups: ['operators', 'approvers'], note: 'operator and approver' },
  { id: 'eve', name: 'eve', groups: [], note: 'viewer' },
]

export function actorNamed(platform: string, id: string) {
  const groups = people.find((person) => person.id === id)?.groups ?? []
  return { platform, id, name: id, groups, kind: 'person' as const }
}
