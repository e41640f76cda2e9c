import { bastilleJails } from './bastille-jails.ts'

bastilleJails(false)
