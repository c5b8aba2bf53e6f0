package produce

import (
	"fmt"
	"strings"
	"unicode"
)

// The shop, its customers' names and where they come from.

const domain = "shop.example.com"

type product struct {
	id, name, category string
	cents              int
	page, listing      *page // its own, and the one where it is found
}

func newProduct(id, name, category string, cents int) *product {
	p := &product{id: id, name: name, category: category, cents: cents,
		page: newPage("/p/"+id, name), listing: newPage("/c/"+category, "All "+category)}
	p.page.product = p
	return p
}

// bestsellers come first: the further back a product stands, the seldomer it is looked at.
var bestsellers = []*product{
	newProduct("sku-101", "Walking boots", "shoes", 12900),
	newProduct("sku-102", "Running shoes", "shoes", 9950),
	newProduct("sku-103", "Sandals", "shoes", 4500),
	newProduct("sku-104", "Felt slippers", "shoes", 2790),
	newProduct("sku-201", "Rain jacket", "jackets", 14900),
	newProduct("sku-202", "Down vest", "jackets", 11900),
	newProduct("sku-203", "Wind breaker \"Föhn\"", "jackets", 7900),
	newProduct("sku-301", "Tent for two", "camping", 24900),
	newProduct("sku-302", "Sleeping bag", "camping", 13900),
	newProduct("sku-303", "Camping stove", "camping", 5990),
	newProduct("sku-304", "Enamel mug", "camping", 990),
	newProduct("sku-305", "Head torch", "camping", 3490),
	newProduct("sku-401", "Field glasses", "optics", 18900),
	newProduct("sku-402", "Spotting scope", "optics", 49900),
	newProduct("sku-403", "Lens cloth", "optics", 490),
}

// products are what the shop sells: each in several colours, which few look for.
var products = func() []*product {
	all := bestsellers
	for i, colour := range []string{"blue", "green", "red", "black", "grey", "sand", "orange"} {
		for _, p := range bestsellers {
			all = append(all, newProduct(fmt.Sprintf("%s-%d", p.id, i+1), p.name+", "+colour, p.category, p.cents))
		}
	}
	return all
}()

var (
	firstNames = []string{"Ada", "Bruno", "Chiara", "Diego", "Elif", "Femi", "Greta", "Haruki", "Inès", "Jonas", "Kavya", "Liam", "Mei", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Søren", "Tariq"}
	lastNames  = []string{"Almeida", "Becker", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ivanova", "Jansen", "Kowalski", "Lindt", "Moreau", "Nguyen", "O'Brien", "Popescu", "Rossi", "Sato", "Tanaka", "Weiß"}
	plans      = []string{"free", "plus", "pro"}
	tiers      = []string{"bronze", "silver", "gold"}
	coupons    = []string{"WELCOME10", "SPRING", "FREE-SHIPPING"}
)

type place struct{ city, region, country string }

var places = []*place{
	{"Zürich", "Zurich", "Switzerland"},
	{"Lyon", "Auvergne-Rhône-Alpes", "France"},
	{"Hamburg", "Hamburg", "Germany"},
	{"Porto", "Porto", "Portugal"},
	{"Austin", "Texas", "United States"},
	{"Portland", "Oregon", "United States"},
	{"Leeds", "England", "United Kingdom"},
	{"Osaka", "Osaka", "Japan"},
}

type deviceModel struct{ library, platform, deviceType, browser, device, carrier, appName, appVersion string }

func (m *deviceModel) isWeb() bool { return m.library == "web" }

var deviceModels = []*deviceModel{
	{library: "web", platform: "Windows 11", deviceType: "Desktop", browser: "Edge 143"},
	{library: "web", platform: "Mac OS X 15.2", deviceType: "Desktop", browser: "Safari 18.2"},
	{library: "web", platform: "Linux", deviceType: "Desktop", browser: "Firefox 146"},
	{library: "web", platform: "Android 16", deviceType: "Mobile", browser: "Chrome Mobile 143", device: "Pixel 9"},
	{library: "web", platform: "iOS 18.2", deviceType: "Tablet", browser: "Mobile Safari 18.2", device: "iPad"},
	{library: "iOS", platform: "iOS 18.2", deviceType: "Mobile", device: "iPhone 16", carrier: "Swisscom", appName: "Shop", appVersion: "4.2.0"},
}

// source is where a visit comes from; query is what its link has after the address.
type source struct{ referrer, query, utmSource, utmMedium, utmCampaign, utmTerm, utmContent, keyword string }

var sources = []*source{
	{},
	{},
	{referrer: "https://www.google.com/"},
	{referrer: "https://duckduckgo.com/"},
	{referrer: "https://www.google.com/", query: "?utm_source=google&utm_medium=cpc", utmSource: "google", utmMedium: "cpc", utmCampaign: "spring_sale", utmTerm: "rain jacket", keyword: "rain jacket"},
	{referrer: "https://www.bing.com/", query: "?utm_source=bing&utm_medium=cpc", utmSource: "bing", utmMedium: "cpc", utmCampaign: "brand", utmTerm: "shop", keyword: "shop"},
	{query: "?utm_source=newsletter&utm_medium=email", utmSource: "newsletter", utmMedium: "email", utmCampaign: "weekly", utmContent: "hero"},
	{referrer: "https://www.instagram.com/", query: "?utm_source=instagram&utm_medium=social", utmSource: "instagram", utmMedium: "social", utmCampaign: "summer_looks", utmContent: "story"},
	{referrer: "https://blog.example.org/best-tents?lang=en&year=2026"},
}

// page is one page of the site, or one screen of the app.
type page struct {
	path, query, title, url string
	controller              string   // of the screen
	product                 *product // nil unless it is a product's own
}

func newPage(path, title string) *page {
	p := &page{path: path, title: title, url: "https://" + domain + path, controller: controller(path)}
	p.path, p.query, _ = strings.Cut(path, "?")
	if p.query != "" {
		p.query = "?" + p.query
	}
	return p
}

// controller names the screen of a path after its first part: /account/login is AccountViewController.
func controller(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	first, _, _ = strings.Cut(first, "?")
	switch first {
	case "":
		first = "home"
	case "p":
		first = "product"
	case "c":
		first = "category"
	}
	return string(unicode.ToUpper(rune(first[0]))) + first[1:] + "ViewController"
}

var (
	homePage     = newPage("/", "Shop: all for outdoors")
	loginPage    = newPage("/account/login", "Sign in")
	cartPage     = newPage("/cart", "Your cart")
	checkoutPage = newPage("/checkout", "Checkout")
	thanksPage   = newPage("/checkout/thank-you", "Thank you")
)

// otherPages are looked at now and then, the first the most.
var otherPages = []*page{
	newPage("/sale", "Sale"),
	newPage("/search?q=tent", "Results for “tent”"),
	newPage("/search?q=rain+jacket", "Results for “rain jacket”"),
	newPage("/help/shipping", "Shipping"),
	newPage("/help/returns", "Returns"),
	newPage("/stores", "Our stores"),
	newPage("/about", "About us"),
	newPage("/legal/privacy", "Privacy"),
}
