/** Gas of the Tarim basin, as in the worked examples; hexane and heptane as their normal isomers. */
export const TARIM = {
  methane: 0.96226,
  ethane: 0.0177,
  propane: 0.003,
  isobutane: 0.00062,
  n_butane: 0.00075,
  isopentane: 0.0002,
  n_pentane: 0.00016,
  n_hexane: 0.00051,
  n_heptane: 0.00038,
  carbon_dioxide: 0.00473,
  nitrogen: 0.00967,
  hydrogen_sulfide: 0.00002,
};
