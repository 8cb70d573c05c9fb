import { defineMessages } from './define-messages.ts'
import { en } from './en.ts'
import { uk } from './uk.ts'

export type Messages = typeof en

export const messagesIn = defineMessages(en, { uk })
