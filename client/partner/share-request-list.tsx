import { type MouseEvent, type RefObject, useMemo, useRef } from 'react'
import text from '../ui/text.module.css'
import { useFocusFallback } from '../ui/use-focus-fallback.ts'
import { useMediaQuery } from '../ui/use-media-query.ts'
import { Badge } from './badge.tsx'
import { useTexts } from './locale.ts'
import { Moment } from './moment.tsx'
import type { Listed } from './operations.ts'
import styles from './share-request-list.module.css'
import { resultOf } from './states.ts'

interface ListProps {
  items: readonly Listed[]
  openId: string | null
  /** Those that were added or changed since the list was loaded. */
  changedIds: ReadonlySet<string>
  hrefOf: (id: string) => string
  onOpen: (id: string) => void
  /** Gets the focus when the last one leaves the list with the focus. */
  focusFallback: RefObject<HTMLElement | null>
}

/** The share requests as a table, or as cards on a narrow window. */
export function ShareRequestList({ focusFallback, ...others }: ListProps) {
  const isWide = useMediaQuery('(width >= 40rem)')
  const nextOrFallback = useMemo(
    () => ({
      get current() {
        const next = document.activeElement?.closest('tr, li')?.nextElementSibling
        return next?.querySelector('a') ?? focusFallback.current
      },
    }),
    [focusFallback],
  )
  const props = { ...others, focusFallback: nextOrFallback }
  return isWide ? <Table {...props} /> : <Cards {...props} />
}

function Table(props: ListProps) {
  const { t } = useTexts()
  return (
    <div className={styles.container}>
      <table className={styles.table}>
        <caption className={text.hidden}>{t.title}</caption>
        <thead>
          <tr>
            <th scope="col">{t.result}</th>
            <th scope="col">{t.reference}</th>
            <th scope="col" className={styles.policy}>
              {t.policy}
            </th>
            <th scope="col">{t.created}</th>
            <th scope="col" className={styles.updated}>
              {t.updated}
            </th>
            <th scope="col" className={styles.createdBy}>
              {t.createdBy}
            </th>
          </tr>
        </thead>
        <tbody>
          {props.items.map((item) => (
            <TableRow key={item.id} item={item} {...props} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface ItemProps extends ListProps {
  item: Listed
}

function TableRow(props: ItemProps) {
  const { item, openId, changedIds, focusFallback } = props
  const row = useRef<HTMLTableRowElement>(null)
  useFocusFallback(row, focusFallback)
  return (
    // The keyboard has the link. A press beside it is a convenience.
    <tr ref={row} data-open={item.id === openId} data-changed={changedIds.has(item.id)} onClick={openLink}>
      <td>
        <Badge result={resultOf(item.status)} />
      </td>
      <th scope="row">
        <ItemLink {...props} />
      </th>
      <td className={styles.policy}>{item.policy.name}</td>
      <td>
        <Moment dateTime={item.createdAt} />
      </td>
      <td className={styles.updated}>
        <Moment dateTime={item.status.changedAt} />
      </td>
      <td className={styles.createdBy}>
        <Creator request={item} />
      </td>
    </tr>
  )
}

function openLink({ target, currentTarget }: MouseEvent<HTMLElement>) {
  // Neither a press on the link itself, nor the end of a selection of text.
  if (target instanceof Element && target.closest('a')) return
  if (getSelection()?.isCollapsed === false) return
  currentTarget.querySelector('a')?.click()
}

function Cards(props: ListProps) {
  return (
    <ul className={styles.cards}>
      {props.items.map((item) => (
        <Card key={item.id} item={item} {...props} />
      ))}
    </ul>
  )
}

function Card(props: ItemProps) {
  const { item, openId, changedIds, focusFallback } = props
  const card = useRef<HTMLLIElement>(null)
  useFocusFallback(card, focusFallback)
  return (
    <li
      ref={card}
      className={styles.card}
      data-open={item.id === openId}
      data-changed={changedIds.has(item.id)}
    >
      <Badge result={resultOf(item.status)} />
      <span>{item.policy.name}</span>
      <ItemLink {...props} />
      <span>
        <Creator request={item} />
      </span>
      <Moment dateTime={item.createdAt} className={styles.when} />
    </li>
  )
}

function ItemLink({ item, openId, hrefOf, onOpen }: ItemProps) {
  const { t } = useTexts()
  function open(event: MouseEvent) {
    // A new tab or window is the browser's.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    onOpen(item.id)
  }
  return (
    <a
      href={hrefOf(item.id)}
      className={styles.link}
      aria-current={item.id === openId ? 'true' : undefined}
      onClick={open}
    >
      {item.reference ?? (
        <>
          <span className={text.hidden}>{t.withoutReference}: </span>
          <code>{item.id.slice(0, 8)}…</code>
        </>
      )}
    </a>
  )
}

type Created = Pick<Listed, 'createdBy' | 'createdByKey'>

/** Who created it: the name of the key, or the customer. */
export function Creator({ request: { createdBy, createdByKey } }: { request: Created }) {
  const { t } = useTexts()
  // Share requests of earlier versions have no key.
  return createdBy === 'CUSTOMER' ? t.createdByCustomer : (createdByKey?.name ?? t.createdByPartner)
}
