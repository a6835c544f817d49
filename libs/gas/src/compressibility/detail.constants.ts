/**
 * Constants of AGA 8 Part 1 DETAIL (AGA8-92DC), identical to ISO 12213-2 and GB/T 17747.2.
 * The published spelling of every number is kept; pairs that are not listed have the value 1.
 */

/** M kg/kmol, E K, K (m³/kmol)^⅓, then the orientation, quadrupole, high-temperature, dipole and association parameters. */
export interface DetailComponent {
  readonly name: string;
  readonly molarMass: number;
  readonly E: number;
  readonly K: number;
  readonly G: number;
  readonly Q: number;
  readonly F: number;
  readonly S: number;
  readonly W: number;
}

type ComponentRow = readonly [string, number, number, number, number, number, number, number, number];

// prettier-ignore
const COMPONENT_ROWS: readonly ComponentRow[] = [
  // name, M, E, K, G, Q, F, S, W
  ['methane', 16.043, 151.3183, 0.4619255, 0, 0, 0, 0, 0],
  ['nitrogen', 28.0135, 99.73778, 0.4479153, 0.027815, 0, 0, 0, 0],
  ['carbon_dioxide', 44.01, 241.9606, 0.4557489, 0.189065, 0.69, 0, 0, 0],
  ['ethane', 30.07, 244.1667, 0.5279209, 0.0793, 0, 0, 0, 0],
  ['propane', 44.097, 298.1183, 0.583749, 0.141239, 0, 0, 0, 0],
  ['isobutane', 58.123, 324.0689, 0.6406937, 0.256692, 0, 0, 0, 0],
  ['n_butane', 58.123, 337.6389, 0.6341423, 0.281835, 0, 0, 0, 0],
  ['isopentane', 72.15, 365.5999, 0.6738577, 0.332267, 0, 0, 0, 0],
  ['n_pentane', 72.15, 370.6823, 0.6798307, 0.366911, 0, 0, 0, 0],
  ['n_hexane', 86.177, 402.636293, 0.7175118, 0.289731, 0, 0, 0, 0],
  ['n_heptane', 100.204, 427.72263, 0.7525189, 0.337542, 0, 0, 0, 0],
  ['n_octane', 114.231, 450.325022, 0.784955, 0.383381, 0, 0, 0, 0],
  ['n_nonane', 128.258, 470.840891, 0.8152731, 0.427354, 0, 0, 0, 0],
  ['n_decane', 142.285, 489.558373, 0.8437826, 0.469659, 0, 0, 0, 0],
  ['hydrogen', 2.0159, 26.95794, 0.3514916, 0.034369, 0, 1, 0, 0],
  ['oxygen', 31.9988, 122.7667, 0.4186954, 0.021, 0, 0, 0, 0],
  ['carbon_monoxide', 28.01, 105.5348, 0.4533894, 0.038953, 0, 0, 0, 0],
  ['water', 18.0153, 514.0156, 0.3825868, 0.3325, 1.06775, 0, 1.5822, 1],
  ['hydrogen_sulfide', 34.082, 296.355, 0.4618263, 0.0885, 0.633276, 0, 0.39, 0],
  ['helium', 4.0026, 2.610111, 0.3589888, 0, 0, 0, 0, 0],
  ['argon', 39.948, 119.6299, 0.4216551, 0, 0, 0, 0, 0],
];

export const COMPONENTS: readonly DetailComponent[] = COMPONENT_ROWS.map(
  ([name, molarMass, E, K, G, Q, F, S, W]) => ({ name, molarMass, E, K, G, Q, F, S, W }),
);

export type BinaryRow = readonly [string, string, number];

// prettier-ignore
export const E_STAR: readonly BinaryRow[] = [
  ['methane', 'nitrogen', 0.97164], ['methane', 'carbon_dioxide', 0.960644],
  ['methane', 'propane', 0.994635], ['methane', 'isobutane', 1.01953],
  ['methane', 'n_butane', 0.989844], ['methane', 'isopentane', 1.00235],
  ['methane', 'n_pentane', 0.999268], ['methane', 'n_hexane', 1.107274],
  ['methane', 'n_heptane', 0.88088], ['methane', 'n_octane', 0.880973],
  ['methane', 'n_nonane', 0.881067], ['methane', 'n_decane', 0.881161],
  ['methane', 'hydrogen', 1.17052], ['methane', 'carbon_monoxide', 0.990126],
  ['methane', 'water', 0.708218], ['methane', 'hydrogen_sulfide', 0.931484],
  ['nitrogen', 'carbon_dioxide', 1.02274], ['nitrogen', 'ethane', 0.97012],
  ['nitrogen', 'propane', 0.945939], ['nitrogen', 'isobutane', 0.946914],
  ['nitrogen', 'n_butane', 0.973384], ['nitrogen', 'isopentane', 0.95934],
  ['nitrogen', 'n_pentane', 0.94552], ['nitrogen', 'hydrogen', 1.08632],
  ['nitrogen', 'oxygen', 1.021], ['nitrogen', 'carbon_monoxide', 1.00571],
  ['nitrogen', 'water', 0.746954], ['nitrogen', 'hydrogen_sulfide', 0.902271],
  ['carbon_dioxide', 'ethane', 0.925053], ['carbon_dioxide', 'propane', 0.960237],
  ['carbon_dioxide', 'isobutane', 0.906849], ['carbon_dioxide', 'n_butane', 0.897362],
  ['carbon_dioxide', 'isopentane', 0.726255], ['carbon_dioxide', 'n_pentane', 0.859764],
  ['carbon_dioxide', 'n_hexane', 0.855134], ['carbon_dioxide', 'n_heptane', 0.831229],
  ['carbon_dioxide', 'n_octane', 0.80831], ['carbon_dioxide', 'n_nonane', 0.786323],
  ['carbon_dioxide', 'n_decane', 0.765171], ['carbon_dioxide', 'hydrogen', 1.28179],
  ['carbon_dioxide', 'carbon_monoxide', 1.5], ['carbon_dioxide', 'water', 0.849408],
  ['carbon_dioxide', 'hydrogen_sulfide', 0.955052], ['ethane', 'propane', 1.02256],
  ['ethane', 'n_butane', 1.01306], ['ethane', 'n_pentane', 1.00532],
  ['ethane', 'hydrogen', 1.16446], ['ethane', 'water', 0.693168],
  ['ethane', 'hydrogen_sulfide', 0.946871], ['propane', 'n_butane', 1.0049],
  ['propane', 'hydrogen', 1.034787], ['isobutane', 'hydrogen', 1.3],
  ['n_butane', 'hydrogen', 1.3], ['n_hexane', 'hydrogen_sulfide', 1.008692],
  ['n_heptane', 'hydrogen_sulfide', 1.010126], ['n_octane', 'hydrogen_sulfide', 1.011501],
  ['n_nonane', 'hydrogen_sulfide', 1.012821], ['n_decane', 'hydrogen_sulfide', 1.014089],
  ['hydrogen', 'carbon_monoxide', 1.1],
];

// prettier-ignore
export const U_PAIR: readonly BinaryRow[] = [
  ['methane', 'nitrogen', 0.886106], ['methane', 'carbon_dioxide', 0.963827],
  ['methane', 'propane', 0.990877], ['methane', 'n_butane', 0.992291],
  ['methane', 'n_pentane', 1.00367], ['methane', 'n_hexane', 1.302576],
  ['methane', 'n_heptane', 1.191904], ['methane', 'n_octane', 1.205769],
  ['methane', 'n_nonane', 1.219634], ['methane', 'n_decane', 1.233498],
  ['methane', 'hydrogen', 1.15639], ['methane', 'hydrogen_sulfide', 0.736833],
  ['nitrogen', 'carbon_dioxide', 0.835058], ['nitrogen', 'ethane', 0.816431],
  ['nitrogen', 'propane', 0.915502], ['nitrogen', 'n_butane', 0.993556],
  ['nitrogen', 'hydrogen', 0.408838], ['nitrogen', 'hydrogen_sulfide', 0.993476],
  ['carbon_dioxide', 'ethane', 0.96987], ['carbon_dioxide', 'n_hexane', 1.066638],
  ['carbon_dioxide', 'n_heptane', 1.077634], ['carbon_dioxide', 'n_octane', 1.088178],
  ['carbon_dioxide', 'n_nonane', 1.098291], ['carbon_dioxide', 'n_decane', 1.108021],
  ['carbon_dioxide', 'carbon_monoxide', 0.9], ['carbon_dioxide', 'hydrogen_sulfide', 1.04529],
  ['ethane', 'propane', 1.065173], ['ethane', 'isobutane', 1.25],
  ['ethane', 'n_butane', 1.25], ['ethane', 'isopentane', 1.25],
  ['ethane', 'n_pentane', 1.25], ['ethane', 'hydrogen', 1.61666],
  ['ethane', 'hydrogen_sulfide', 0.971926], ['n_hexane', 'hydrogen_sulfide', 1.028973],
  ['n_heptane', 'hydrogen_sulfide', 1.033754], ['n_octane', 'hydrogen_sulfide', 1.038338],
  ['n_nonane', 'hydrogen_sulfide', 1.042735], ['n_decane', 'hydrogen_sulfide', 1.046966],
];

// prettier-ignore
export const K_PAIR: readonly BinaryRow[] = [
  ['methane', 'nitrogen', 1.00363], ['methane', 'carbon_dioxide', 0.995933],
  ['methane', 'propane', 1.007619], ['methane', 'n_butane', 0.997596],
  ['methane', 'n_pentane', 1.002529], ['methane', 'n_hexane', 0.982962],
  ['methane', 'n_heptane', 0.983565], ['methane', 'n_octane', 0.982707],
  ['methane', 'n_nonane', 0.981849], ['methane', 'n_decane', 0.980991],
  ['methane', 'hydrogen', 1.02326], ['methane', 'hydrogen_sulfide', 1.00008],
  ['nitrogen', 'carbon_dioxide', 0.982361], ['nitrogen', 'ethane', 1.00796],
  ['nitrogen', 'hydrogen', 1.03227], ['nitrogen', 'hydrogen_sulfide', 0.942596],
  ['carbon_dioxide', 'ethane', 1.00851], ['carbon_dioxide', 'n_hexane', 0.910183],
  ['carbon_dioxide', 'n_heptane', 0.895362], ['carbon_dioxide', 'n_octane', 0.881152],
  ['carbon_dioxide', 'n_nonane', 0.86752], ['carbon_dioxide', 'n_decane', 0.854406],
  ['carbon_dioxide', 'hydrogen_sulfide', 1.00779], ['ethane', 'propane', 0.986893],
  ['ethane', 'hydrogen', 1.02034], ['ethane', 'hydrogen_sulfide', 0.999969],
  ['n_hexane', 'hydrogen_sulfide', 0.96813], ['n_heptane', 'hydrogen_sulfide', 0.96287],
  ['n_octane', 'hydrogen_sulfide', 0.957828], ['n_nonane', 'hydrogen_sulfide', 0.952441],
  ['n_decane', 'hydrogen_sulfide', 0.948338],
];

// prettier-ignore
export const G_STAR: readonly BinaryRow[] = [
  ['methane', 'carbon_dioxide', 0.807653], ['methane', 'hydrogen', 1.95731],
  ['nitrogen', 'carbon_dioxide', 0.982746], ['carbon_dioxide', 'ethane', 0.370296],
  ['carbon_dioxide', 'water', 1.67309],
];

/** One of the 58 terms: coefficient a, exponents b, c, k, u and the flags g, q, f, s, w. */
export interface DetailTerm {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly k: number;
  readonly u: number;
  readonly g: number;
  readonly q: number;
  readonly f: number;
  readonly s: number;
  readonly w: number;
}

type TermRow = readonly [number, number, number, number, number, number, number, number, number, number];

// prettier-ignore
const TERM_ROWS: readonly TermRow[] = [
  // a, b, c, k, u, g, q, f, s, w
  [0.1538326, 1, 0, 0, 0, 0, 0, 0, 0, 0], [1.341953, 1, 0, 0, 0.5, 0, 0, 0, 0, 0],
  [-2.998583, 1, 0, 0, 1, 0, 0, 0, 0, 0], [-0.04831228, 1, 0, 0, 3.5, 0, 0, 0, 0, 0],
  [0.3757965, 1, 0, 0, -0.5, 1, 0, 0, 0, 0], [-1.589575, 1, 0, 0, 4.5, 1, 0, 0, 0, 0],
  [-0.05358847, 1, 0, 0, 0.5, 0, 1, 0, 0, 0], [0.88659463, 1, 0, 0, 7.5, 0, 0, 0, 1, 0],
  [-0.71023704, 1, 0, 0, 9.5, 0, 0, 0, 1, 0], [-1.471722, 1, 0, 0, 6, 0, 0, 0, 0, 1],
  [1.32185035, 1, 0, 0, 12, 0, 0, 0, 0, 1], [-0.78665925, 1, 0, 0, 12.5, 0, 0, 0, 0, 1],
  [2.29129e-09, 1, 1, 3, -6, 0, 0, 1, 0, 0], [0.1576724, 1, 1, 2, 2, 0, 0, 0, 0, 0],
  [-0.4363864, 1, 1, 2, 3, 0, 0, 0, 0, 0], [-0.04408159, 1, 1, 2, 2, 0, 1, 0, 0, 0],
  [-0.003433888, 1, 1, 4, 2, 0, 0, 0, 0, 0], [0.03205905, 1, 1, 4, 11, 0, 0, 0, 0, 0],
  [0.02487355, 2, 0, 0, -0.5, 0, 0, 0, 0, 0], [0.07332279, 2, 0, 0, 0.5, 0, 0, 0, 0, 0],
  [-0.001600573, 2, 1, 2, 0, 0, 0, 0, 0, 0], [0.6424706, 2, 1, 2, 4, 0, 0, 0, 0, 0],
  [-0.4162601, 2, 1, 2, 6, 0, 0, 0, 0, 0], [-0.06689957, 2, 1, 4, 21, 0, 0, 0, 0, 0],
  [0.2791795, 2, 1, 4, 23, 1, 0, 0, 0, 0], [-0.6966051, 2, 1, 4, 22, 0, 1, 0, 0, 0],
  [-0.002860589, 2, 1, 4, -1, 0, 0, 1, 0, 0], [-0.008098836, 3, 0, 0, -0.5, 0, 1, 0, 0, 0],
  [3.150547, 3, 1, 1, 7, 1, 0, 0, 0, 0], [0.007224479, 3, 1, 1, -1, 0, 0, 1, 0, 0],
  [-0.7057529, 3, 1, 2, 6, 0, 0, 0, 0, 0], [0.5349792, 3, 1, 2, 4, 1, 0, 0, 0, 0],
  [-0.07931491, 3, 1, 3, 1, 1, 0, 0, 0, 0], [-1.418465, 3, 1, 3, 9, 1, 0, 0, 0, 0],
  [-5.99905e-17, 3, 1, 4, -13, 0, 0, 1, 0, 0], [0.1058402, 3, 1, 4, 21, 0, 0, 0, 0, 0],
  [0.03431729, 3, 1, 4, 8, 0, 1, 0, 0, 0], [-0.007022847, 4, 0, 0, -0.5, 0, 0, 0, 0, 0],
  [0.02495587, 4, 0, 0, 0, 0, 0, 0, 0, 0], [0.04296818, 4, 1, 2, 2, 0, 0, 0, 0, 0],
  [0.7465453, 4, 1, 2, 7, 0, 0, 0, 0, 0], [-0.2919613, 4, 1, 2, 9, 0, 1, 0, 0, 0],
  [7.294616, 4, 1, 4, 22, 0, 0, 0, 0, 0], [-9.936757, 4, 1, 4, 23, 0, 0, 0, 0, 0],
  [-0.005399808, 5, 0, 0, 1, 0, 0, 0, 0, 0], [-0.2432567, 5, 1, 2, 9, 0, 0, 0, 0, 0],
  [0.04987016, 5, 1, 2, 3, 0, 1, 0, 0, 0], [0.003733797, 5, 1, 4, 8, 0, 0, 0, 0, 0],
  [1.874951, 5, 1, 4, 23, 0, 1, 0, 0, 0], [0.002168144, 6, 0, 0, 1.5, 0, 0, 0, 0, 0],
  [-0.6587164, 6, 1, 2, 5, 1, 0, 0, 0, 0], [0.000205518, 7, 0, 0, -0.5, 0, 1, 0, 0, 0],
  [0.009776195, 7, 1, 2, 4, 0, 0, 0, 0, 0], [-0.02048708, 8, 1, 1, 7, 1, 0, 0, 0, 0],
  [0.01557322, 8, 1, 2, 3, 0, 0, 0, 0, 0], [0.006862415, 8, 1, 2, 0, 1, 0, 0, 0, 0],
  [-0.001226752, 9, 1, 2, 1, 0, 0, 0, 0, 0], [0.002850908, 9, 1, 2, 0, 0, 1, 0, 0, 0],
];

export const TERMS: readonly DetailTerm[] = TERM_ROWS.map(([a, b, c, k, u, g, q, f, s, w]) => ({
  a,
  b,
  c,
  k,
  u,
  g,
  q,
  f,
  s,
  w,
}));
