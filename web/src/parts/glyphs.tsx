/** Small drawn signs. Each role and each tone has a shape of its own: colour alone tells nobody who cannot see it. */
import type { Role } from '../topology/role.ts';
import type { VerdictTone } from '../topology/verdict.ts';

const ROLE_SHAPES: Readonly<Record<Role, React.ReactNode>> = {
  primary: <path d="M8 1l7 7-7 7-7-7z" fill="currentColor" />,
  'co-primary': (
    <>
      <path d="M5.5 3.5L10 8l-4.5 4.500L1 8z" fill="currentColor" />
      <path d="M10.5 3.500L15 8l-4.5 4.5" />
    </>
  ),
  'intermediate-primary': (
    <>
      <path d="M8 1.500l6.5 6.500L8 14.5 1.5 8z" />
      <path d="M8 1.500L1.5 8 8 14.500z" fill="currentColor" stroke="none" />
    </>
  ),
  replica: <circle cx="8" cy="8" r="5.5" />,
  lost: (
    <>
      <circle cx="8" cy="8" r="6" strokeDasharray="2.5 2" />
      <path d="M5.5 5.500l5 5m0-5l-5 5" />
    </>
  ),
};

const TONE_SHAPES: Readonly<Record<VerdictTone | 'muted', React.ReactNode>> = {
  ok: (
    <>
      <circle cx="8" cy="8" r="6.5" />
      <path d="M5 8.200l2.2 2.200L11.2 6" />
    </>
  ),
  notice: (
    <>
      <circle cx="8" cy="8" r="6.5" />
      <path d="M8 7.500v4M8 4.600v.4" />
    </>
  ),
  warning: (
    <>
      <path d="M8 1.800l6.7 12.200H1.300z" />
      <path d="M8 6.300v3.700M8 12v.3" />
    </>
  ),
  critical: (
    <>
      <path d="M5.2 1.200h5.600l4 4v5.600l-4 4H5.200l-4-4V5.200z" />
      <path d="M5.5 5.500l5 5m0-5l-5 5" />
    </>
  ),
  acting: (
    <>
      <path d="M13.8 6.500A6 6 0 0 0 3 4.800M2.2 9.500A6 6 0 0 0 13 11.2" />
      <path d="M2.8 1.800v3.200H6M13.2 14.200V11H10" />
    </>
  ),
  recovered: (
    <>
      <path d="M1.5 5.500h9M8 2.500l3 3-3 3" />
      <path d="M5.5 11.500l2.2 2.2 5-5" />
    </>
  ),
  muted: (
    <>
      <circle cx="8" cy="8" r="6.5" />
      <path d="M4.8 8h6.4" />
    </>
  ),
};

function Glyph({ className, children }: { className: string; children: React.ReactNode }) {
  return (
    <svg className={`glyph ${className}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export function RoleGlyph({ of: role }: { of: Role }) {
  return <Glyph className="role-glyph">{ROLE_SHAPES[role]}</Glyph>;
}

export function ToneGlyph({ tone }: { tone: VerdictTone | 'muted' }) {
  return <Glyph className="tone-glyph">{TONE_SHAPES[tone]}</Glyph>;
}
